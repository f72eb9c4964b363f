import Observations

/// `SHOW CLIENTS`: a row per client, in whatever state.
///
/// PgBouncer has one thread, and while it writes rows it serves nobody. A row costs it about 1 µs (1.18, measured:
/// 1.0 ms for 1,000 clients, 4.3 ms for 4,000). Up to 2,000 clients it is asked at every tick, beyond that less
/// often, so that at the default interval of a second this takes some 0.2 % of its time, however many there are.
package enum BouncerClientsSource: Source {
    package static let name = "clients"
    package static let cadence = Cadence.everyTickUpTo(rows: 2_000)
    package static let knownColumns: Set<String>? = BouncerSocketColumns.known

    package static func statement(in context: SourceContext) -> String? { "SHOW CLIENTS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerClient] {
        let columns = try BouncerSocketColumns(table)
        let application = table.column("application_name")
        let address = table.column("addr")
        let wait = table.column("wait")
        let waitMicroseconds = table.column("wait_us")
        let id = table.column("id")
        let prepared = table.column("prepared_statements")
        return (0..<table.rowCount).map { row in
            PgBouncerClient(
                database: columns.database.text(row) ?? "", user: columns.user.text(row) ?? "",
                application: application.text(row) ?? "", address: address.text(row) ?? "",
                state: columns.state.text(row) ?? "", connectedAt: columns.connectTime(row),
                requestedAt: columns.requestTime(row),
                wait: Self.seconds(wait.double(row), microseconds: waitMicroseconds.double(row)),
                pointer: columns.pointer(row) ?? 0, link: columns.link(row),
                id: id.integer(row).map { UInt64(bitPattern: $0) }, preparedStatements: prepared.integer(row),
                usesTLS: columns.usesTLS(row))
        }
    }

    package static func refine(_ clients: inout [PgBouncerClient], for target: TargetProfile) {
        let rules = target.rules.labels
        for index in clients.indices {
            clients[index].application = rules.rewrite(clients[index].application, of: .applicationName)
            clients[index].address = rules.rewrite(clients[index].address, of: .clientAddress)
        }
    }

    private static func seconds(_ whole: Double?, microseconds: Double?) -> Double {
        let seconds = (whole ?? 0) + (microseconds ?? 0) / 1_000_000
        return seconds.isFinite ? max(0, seconds) : 0
    }
}

/// `SHOW SERVERS`: a row per connection to a server.
package enum BouncerServersSource: Source {
    package static let name = "servers"
    package static let cadence = Cadence.everyTickUpTo(rows: 2_000)
    package static let knownColumns: Set<String>? = BouncerSocketColumns.known

    package static func statement(in context: SourceContext) -> String? { "SHOW SERVERS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerServer] {
        let columns = try BouncerSocketColumns(table)
        let address = table.column("addr")
        let localPort = table.column("local_port")
        let closeNeeded = table.column("close_needed")
        let remotePID = table.column("remote_pid")
        return (0..<table.rowCount).map { row in
            PgBouncerServer(
                database: columns.database.text(row) ?? "", user: columns.user.text(row) ?? "",
                state: columns.state.text(row) ?? "", address: address.text(row) ?? "",
                localPort: localPort.integer(row).flatMap { Int32(exactly: $0) },
                connectedAt: columns.connectTime(row), requestedAt: columns.requestTime(row),
                closeNeeded: closeNeeded.bool(row), pointer: columns.pointer(row) ?? 0, link: columns.link(row),
                remotePID: remotePID.integer(row).flatMap { Int32(exactly: $0) } ?? 0, usesTLS: columns.usesTLS(row))
        }
    }
}

/// The columns that `SHOW CLIENTS` and `SHOW SERVERS` share.
private struct BouncerSocketColumns {
    static let known: Set<String> = [
        "type", "user", "database", "state", "addr", "port", "local_addr", "local_port", "connect_time",
        "request_time", "wait", "wait_us", "close_needed", "ptr", "link", "remote_pid", "tls", "application_name",
        "prepared_statements", "replication", "id",
    ]

    let database: ColumnReader
    let user: ColumnReader
    let state: ColumnReader
    private let pointers: ColumnReader
    private let links: ColumnReader
    private let connectTimes: ColumnReader
    private let requestTimes: ColumnReader
    private let tls: ColumnReader

    init(_ table: any ResultTable) throws(DecodeError) {
        database = try table.required("database")
        user = try table.required("user")
        state = try table.required("state")
        pointers = try table.required("ptr")
        links = table.column("link")
        connectTimes = table.column("connect_time")
        requestTimes = table.column("request_time")
        tls = table.column("tls")
    }

    func connectTime(_ row: Int) -> PgBouncerTime? { connectTimes.text(row).flatMap { PgBouncerTime($0) } }
    func requestTime(_ row: Int) -> PgBouncerTime? { requestTimes.text(row).flatMap { PgBouncerTime($0) } }
    /// The column has the protocol and the cipher, or nothing.
    func usesTLS(_ row: Int) -> Bool? { tls.text(row).map { !$0.isEmpty } }
    func pointer(_ row: Int) -> UInt64? { Self.address(pointers.text(row)) }
    func link(_ row: Int) -> UInt64? { Self.address(links.text(row)) }

    /// `0x55d0c81d06c0`; nil for none.
    private static func address(_ text: String?) -> UInt64? {
        guard let text, text.hasPrefix("0x") else { return nil }
        return UInt64(text.dropFirst(2), radix: 16)
    }
}
