import Observations

/// The list of sessions as people see it.
package struct SessionTable: Sendable {
    private let rows: [SessionRow]
    private let omitted: Int
    private let showsQuery: Bool

    /// - Parameters:
    ///   - rows: in the order in which they are shown.
    ///   - limit: rows beyond it are only counted.
    package init(_ rows: [SessionRow], limit: Int, showsQuery: Bool = false) {
        self.rows = Array(rows.prefix(limit))
        omitted = max(0, rows.count - limit)
        self.showsQuery = showsQuery
    }

    package func lines(on surface: TextSurface) -> [String] {
        let fields =
            Self.fields.filter { field in rows.contains { field.isWorthShowing($0) } }
            + (showsQuery ? [Self.query] : [])
        let table = TableLayout(
            fields.map(\.column), rows: rows.map { row in fields.map { $0.cell(row) } })
        var lines = table.lines(on: surface)
        if omitted > 0 { lines.append("… and \(omitted) more (--limit)") }
        return lines
    }

    private struct Field: Sendable {
        let column: TableLayout.Column
        /// A column that says nothing of any session is left out.
        var isWorthShowing: @Sendable (SessionRow) -> Bool = { _ in true }
        let cell: @Sendable (SessionRow) -> TableLayout.Cell
    }

    private static let fields: [Field] = [
        Field(column: .init("PID", isRightAligned: true)) { .init("\($0.pid)") },
        Field(column: .init("USER", minimum: 6)) { .init($0.activity.user ?? "") },
        Field(column: .init("DATABASE", minimum: 8, dispensability: 3)) { .init($0.activity.database ?? "") },
        Field(column: .init("APPLICATION", minimum: 8, dispensability: 2)) { .init($0.activity.applicationName) },
        Field(column: .init("CLIENT", minimum: 9, dispensability: 6)) { .init($0.address ?? "") },
        Field(
            column: .init("BEHIND POOLER", minimum: 13, dispensability: 1), isWorthShowing: { $0.client != nil }
        ) { .init($0.client.map(Self.text) ?? "") },
        Field(column: .init("STATE")) { .init(Self.state($0), Self.style($0)) },
        Field(column: .init("AGE", isRightAligned: true)) { .init($0.age.map(AgeText.format) ?? "?") },
        Field(
            column: .init("TXN", isRightAligned: true, dispensability: 4),
            isWorthShowing: { $0.transactionAge != nil }
        ) { .init($0.transactionAge.map(AgeText.format) ?? "") },
        Field(column: .init("WAIT", minimum: 8, dispensability: 5), isWorthShowing: { !Self.wait($0).isEmpty }) {
            .init(Self.wait($0), $0.blockedBy.isEmpty ? nil : .red)
        },
        Field(column: .init("BLOCKED BY", minimum: 10), isWorthShowing: { !$0.blockedBy.isEmpty }) {
            .init(Self.blockers($0), .red)
        },
        Field(column: .init("BLOCKS", isRightAligned: true), isWorthShowing: { $0.blocks > 0 }) {
            .init($0.blocks > 0 ? "\($0.blocks)" : "", .red)
        },
    ]

    private static let query = Field(column: .init("QUERY", minimum: 12)) {
        .init(VisibleText.oneLine($0.query ?? ""), .dim)
    }

    private static func text(_ client: PoolerLink) -> String {
        [client.clientApplication, client.clientAddress].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private static func state(_ row: SessionRow) -> String {
        if row.isReplication { return "replication" }
        guard let state = row.activity.state else { return row.isHidden ? "(hidden)" : "starting" }
        return state == .idleInTransactionAborted
            ? "idle in txn (failed)"
            : state == .idleInTransaction
                ? "idle in txn" : state.name
    }

    private static func style(_ row: SessionRow) -> TerminalStyle? {
        guard let state = row.activity.state, !row.isReplication else { return .dim }
        if state.isIdleInTransaction { return .yellow }
        return state.isRunning ? .green : state == .idle ? .dim : nil
    }

    /// What keeps a running statement; what an idle session waits for is its client, always.
    private static func wait(_ row: SessionRow) -> String {
        guard row.isRunning, let type = row.activity.waitEventType else { return "" }
        return [type, row.activity.waitEvent].compactMap(\.self).joined(separator: ":")
    }

    private static func blockers(_ row: SessionRow) -> String {
        // 0 stands for a prepared transaction, which has no process.
        row.blockedBy.map { $0 == 0 ? "prepared txn" : "\($0)" }.joined(separator: " ")
    }
}
