import Observations

/// How many backends a server has: a cheap look between the samples where a budget stretches their interval.
///
/// It counts by database without reading what the backends do, for about a fortieth of what a sample costs. Besides
/// clients it counts whatever else is connected to a database (parallel and autovacuum workers, logical replication),
/// and it does not count clients without one (physical replication): see `SlotUse`.
package enum BackendCountSource: Source {
    package static let name = "backend_count"
    package static let cadence = Cadence.betweenSamples

    package static func statement(in context: SourceContext) -> String? {
        """
        SELECT clock_timestamp() AS sampled_at, sum(pg_catalog.pg_stat_get_db_numbackends(oid)) AS backends \
        FROM pg_catalog.pg_database
        """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> BackendCount {
        let clock = try table.required("sampled_at")
        let count = try table.required("backends")
        guard table.rowCount == 1, let sampledAt = clock.time(0), let backends = count.integer(0) else {
            throw DecodeError("the number of backends came in \(table.rowCount) rows, or without a clock")
        }
        return BackendCount(sampledAt: sampledAt, inDatabases: Int(backends))
    }
}

/// Backends that are connected to a database, at one server-side time.
package struct BackendCount: Sendable, Equatable {
    package let sampledAt: ServerTime
    package let inDatabases: Int

    package init(sampledAt: ServerTime, inDatabases: Int) {
        self.sampledAt = sampledAt
        self.inDatabases = inDatabases
    }
}
