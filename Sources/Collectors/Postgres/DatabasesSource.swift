import Observations

/// `pg_stat_database` with the databases' connection limits.
package enum DatabasesSource: Source {
    package static let name = "databases"
    package static let cadence = Cadence.every(.seconds(10))

    /// Columns that are no numbers, or none of ours.
    private static let others: Set<String> = [
        "datid", "datname", "datconnlimit", "stats_reset", "checksum_failures", "checksum_last_failure",
        "parallel_workers_to_launch", "parallel_workers_launched",
    ]

    package static let knownColumns: Set<String>? =
        others.union(PeerDatabasesCollector.columns.map(\.column))

    package static func statement(in context: SourceContext) -> String? {
        // All columns, by name: each version has added some. Bounded: some installations have databases by the thousand.
        """
        SELECT d.datconnlimit, s.* FROM pg_catalog.pg_stat_database s \
        JOIN pg_catalog.pg_database d ON d.oid = s.datid ORDER BY s.datid LIMIT 1000
        """
    }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [DatabaseStatistics] {
        let id = try table.required("datid")
        let name = try table.required("datname")
        let limit = table.column("datconnlimit")
        let reset = table.column("stats_reset")
        let numbers = PeerDatabasesCollector.columns.map { ($0.column, table.column($0.column)) }
        return (0..<table.rowCount).compactMap { row in
            guard let id = id.integer(row), let name = name.text(row) else { return nil }
            var values: [String: Double] = [:]
            for (column, reader) in numbers { values[column] = reader.double(row) }
            return DatabaseStatistics(
                id: id, name: name, connectionLimit: limit.integer(row), statsReset: reset.time(row), numbers: values)
        }
    }
}
