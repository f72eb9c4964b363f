import Observations

/// The sessions of each database that are not idle: at work, or in a transaction.
enum SessionsInUse {
    /// Our own is left out. Bounded: some installations have databases by the thousand.
    static let statement = """
        SELECT datname, pg_catalog.count(*) FILTER (WHERE state <> 'idle') AS in_use, \
        pg_catalog.count(*) FILTER (WHERE state IS NULL) AS hidden FROM pg_catalog.pg_stat_activity \
        WHERE backend_type = 'client backend' AND datname IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() \
        GROUP BY datname ORDER BY datname LIMIT 1000
        """

    /// - Returns: Nil where our role may not see the states of others.
    static func decode(_ table: any ResultTable) throws(DecodeError) -> [String: Int]? {
        let name = try table.required("datname")
        let inUse = try table.required("in_use")
        let hidden = try table.required("hidden")
        var counts: [String: Int] = [:]
        for row in 0..<table.rowCount {
            if hidden.integer(row) != 0 { return nil }
            counts[name.text(row) ?? ""] = inUse.integer(row).map(Int.init) ?? 0
        }
        return counts
    }

    /// The same of a sample of all sessions.
    /// - Returns: Nil where our role may not see the states of others.
    static func count(_ sample: ActivitySample) -> [String: Int]? {
        var counts: [String: Int] = [:]
        for row in sample.rows where row.isClientBackend && !row.isSelf {
            guard let database = row.serverDatabase else { continue }
            if row.isHidden { return nil }
            counts[database, default: 0] += row.state == .idle || row.state == nil ? 0 : 1
        }
        return counts
    }
}
