import Observations

/// The sessions at every tick, with one server-side clock for all rows.
package enum ActivitySource: Source {
    package static let name = "activity"
    package static let cadence = Cadence.everyTick
    /// Characters of a statement's text that a recording keeps.
    package static let queryTextLimit = 1_000

    /// The function that the view `pg_stat_activity` shows, with the same joins but one: the name of a role comes from the
    /// server's cache. All rows and columns are those of the view. Names and addresses are sent as they are, for a cast
    /// of each to text costs as much as the rest of a column.
    package static func statement(in context: SourceContext) -> String? {
        // The scalar subquery is evaluated once, after the backends were read: ages cannot be negative.
        // Our own row is always there, so that the clock is, too. The query text is only there for a recording of a
        // user who asked for it; nothing here decodes it.
        let own = (["pg_backend_pid()"] + context.otherSessions.map { "\($0)" }).joined(separator: ", ")
        var columns = [
            "(SELECT clock_timestamp()) AS sampled_at", "s.pid", "s.pid IN (\(own)) AS is_self", "d.datname",
            "pg_catalog.pg_get_userbyid(s.usesysid) AS usename", "s.application_name", "s.state",
            "s.wait_event_type", "s.wait_event", "s.backend_start", "s.xact_start", "s.query_start",
            "s.state_change", "s.client_addr", "s.client_port",
        ]
        if context.serverVersion >= 100_000 { columns.append("s.backend_type") }
        if context.serverVersion >= 130_000 { columns.append("s.leader_pid") }
        if context.serverVersion >= 140_000 { columns.append("s.query_id") }
        if context.includesQueryText { columns.append("left(s.query, \(queryTextLimit)) AS query") }
        return """
            SELECT \(columns.joined(separator: ", ")) FROM pg_catalog.pg_stat_get_activity(NULL) AS s \
            LEFT JOIN pg_catalog.pg_database AS d ON d.oid = s.datid
            """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> ActivitySample {
        var vocabulary = ActivityVocabulary()
        return try decode(table, with: &vocabulary)
    }

    package static func decode(
        _ table: any ResultTable, with vocabulary: inout ActivityVocabulary
    ) throws(DecodeError) -> ActivitySample {
        let clock = try table.required("sampled_at")
        let pid = try table.required("pid")
        guard table.rowCount > 0, let sampledAt = clock.time(0) else {
            throw DecodeError("pg_stat_activity was empty or had no clock, not even our own session was in it")
        }
        let traits = ActivityVocabulary.Columns(table)
        let backendStart = table.column("backend_start")
        let transactionStart = table.column("xact_start")
        let queryStart = table.column("query_start")
        let stateChange = table.column("state_change")
        let leader = table.column("leader_pid")
        let queryID = table.column("query_id")
        let address = table.column("client_addr")
        // As recordings of older versions have it.
        let addressText = table.column("client_address")
        let clientPort = table.column("client_port")
        vocabulary.begin(rows: table.rowCount)
        var rows: [ActivityRow] = []
        rows.reserveCapacity(table.rowCount)
        for index in 0..<table.rowCount {
            var row = ActivityRow(
                pid: Int32(truncatingIfNeeded: pid.integer(index) ?? 0),
                traits: vocabulary.traits(traits, row: index))
            row.backendStart = backendStart.time(index)
            row.transactionStart = transactionStart.time(index)
            row.queryStart = queryStart.time(index)
            row.stateChange = stateChange.time(index)
            row.leaderPID = leader.integer(index).map { Int32(truncatingIfNeeded: $0) }
            row.queryID = queryID.integer(index)
            row.clientAddress = vocabulary.address(address, row: index) ?? addressText.text(index)
            row.clientPort = clientPort.integer(index).map { Int32(truncatingIfNeeded: $0) }
            rows.append(row)
        }
        return ActivitySample(sampledAt: sampledAt, rows: rows)
    }

    package static func refine(_ sample: inout ActivitySample, for target: TargetProfile) {
        guard !target.rules.labels.rules.isEmpty else { return }
        target.rules.labels.apply(to: &sample.rows)
    }
}
