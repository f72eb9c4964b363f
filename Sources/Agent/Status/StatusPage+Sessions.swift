import Practice

extension StatusPage {
    /// Empty for those who may not see sessions.
    static func sessions(_ report: StatusReport) -> String {
        guard let sessions = report.sessions else { return "" }
        let rows = sessions.map { session in
            StatusTable.Row(
                name: "\(session.pid) on \(session.target)",
                cells: [
                    .text(session.user), .text(session.database), .text(application(session)), .text(session.state),
                    .level(StatusText.duration(session.stateSeconds), idleLevel(session)),
                    .level(
                        session.transactionSeconds.map(StatusText.duration) ?? "",
                        .of(
                            session.transactionSeconds, warning: Thresholds.Transaction.warning,
                            critical: Thresholds.Transaction.critical)),
                    .text(wait(session)),
                    .level(
                        session.blockedBy.map(blocker).joined(separator: ", "),
                        session.blockedBy.isEmpty ? .fine : .warning),
                    .level(session.blocks > 0 ? "\(session.blocks)" : "", session.blocks > 0 ? .warning : .fine),
                    .text(session.clientAddress),
                ])
        }
        return StatusTable(
            id: "sessions", title: "Sessions that block, wait, work or hold a transaction",
            columns: [
                "Process", "User", "Database", "Application", "State", "For", "Transaction", "Waits for", "Blocked by",
                "Blocks", "Client",
            ], rows: rows, omitted: report.omitted.sessions ?? 0,
            ifEmpty: "No session blocks, waits, works or holds a transaction.",
            whereTheRestIs: "<code>poolscope sessions</code> lists them"
        ).html
    }

    private static func application(_ session: SessionDetails.Session) -> String {
        guard let client = session.clientApplication, client != session.application else { return session.application }
        return session.application.isEmpty ? client : "\(client), through \(session.application)"
    }

    private static func idleLevel(_ session: SessionDetails.Session) -> StatusLevel {
        guard session.state.hasPrefix("idle in transaction") else { return .fine }
        return .of(
            session.stateSeconds, warning: Thresholds.IdleInTransaction.warning,
            critical: Thresholds.IdleInTransaction.critical)
    }

    private static func wait(_ session: SessionDetails.Session) -> String {
        [session.waitEventType, session.waitEvent].compactMap(\.self).joined(separator: ": ")
    }

    private static func blocker(_ pid: Int32) -> String { pid == 0 ? "a prepared transaction" : "\(pid)" }
}
