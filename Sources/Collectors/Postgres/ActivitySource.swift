import Observations

/// `pg_stat_activity` at every tick, with one server-side clock for all rows.
package enum ActivitySource: Source {
    package static let name = "activity"
    package static let cadence = Cadence.everyTick
    /// Characters of a statement's text that a recording keeps.
    package static let queryTextLimit = 1_000

    package static func statement(in context: SourceContext) -> String? {
        // The scalar subquery is evaluated once, after the backends were read: ages cannot be negative.
        // Our own row is always there, so that the clock is, too. The query text is only there for a recording of a
        // user who asked for it; nothing here decodes it.
        let own = (["pg_backend_pid()"] + context.otherSessions.map { "\($0)" }).joined(separator: ", ")
        var columns = [
            "(SELECT clock_timestamp()) AS sampled_at", "pid", "pid IN (\(own)) AS is_self", "datname::text",
            "usename::text", "application_name", "state", "wait_event_type", "wait_event", "backend_start",
            "xact_start",
            "query_start", "state_change", "host(client_addr) AS client_address", "client_port",
        ]
        if context.serverVersion >= 100_000 { columns.append("backend_type") }
        if context.serverVersion >= 130_000 { columns.append("leader_pid") }
        if context.serverVersion >= 140_000 { columns.append("query_id") }
        if context.includesQueryText { columns.append("left(query, \(queryTextLimit)) AS query") }
        return "SELECT \(columns.joined(separator: ", ")) FROM pg_catalog.pg_stat_activity"
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> ActivitySample {
        let clock = try table.required("sampled_at")
        let pid = try table.required("pid")
        guard table.rowCount > 0, let sampledAt = clock.time(0) else {
            throw DecodeError("pg_stat_activity was empty or had no clock, not even our own session was in it")
        }
        let isSelf = table.column("is_self")
        let database = table.column("datname")
        let user = table.column("usename")
        let application = table.column("application_name")
        let state = table.column("state")
        let waitEventType = table.column("wait_event_type")
        let waitEvent = table.column("wait_event")
        let backendStart = table.column("backend_start")
        let transactionStart = table.column("xact_start")
        let queryStart = table.column("query_start")
        let stateChange = table.column("state_change")
        let backendType = table.column("backend_type")
        let leader = table.column("leader_pid")
        let queryID = table.column("query_id")
        let clientAddress = table.column("client_address")
        let clientPort = table.column("client_port")
        let rows = (0..<table.rowCount).map { row in
            ActivityRow(
                pid: Int32(truncatingIfNeeded: pid.integer(row) ?? 0), backendStart: backendStart.time(row),
                transactionStart: transactionStart.time(row), queryStart: queryStart.time(row),
                stateChange: stateChange.time(row), state: state.text(row).map(BackendState.init),
                database: database.text(row), user: user.text(row), applicationName: application.text(row) ?? "",
                backendType: backendType.text(row), waitEventType: waitEventType.text(row),
                waitEvent: waitEvent.text(row), leaderPID: leader.integer(row).map { Int32(truncatingIfNeeded: $0) },
                isSelf: isSelf.bool(row) ?? false, queryID: queryID.integer(row),
                clientAddress: clientAddress.text(row),
                clientPort: clientPort.integer(row).map { Int32(truncatingIfNeeded: $0) })
        }
        return ActivitySample(sampledAt: sampledAt, rows: rows)
    }

    package static func refine(_ sample: inout ActivitySample, for target: TargetProfile) {
        target.rules.labels.apply(to: &sample.rows)
    }
}
