import Observations

// SHOW commands of PgBouncer's admin console. All answers are text, and columns come and go between versions.

/// `SHOW POOLS`.
package enum BouncerPoolsSource: Source {
    package static let name = "pools"
    /// A row per pool, whatever the number of clients: it shows load and waiting at every tick.
    package static let cadence = Cadence.everyTickUnstretched

    package static let knownColumns: Set<String>? =
        Set(PeerBouncerPoolsCollector.columns.map(\.column)).union([
            "database", "user", "maxwait", "maxwait_us", "pool_mode", "cl_cancel_req", "load_balance_hosts",
        ])

    package static func statement(in context: SourceContext) -> String? { "SHOW POOLS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerPool] {
        let database = try table.required("database")
        let user = try table.required("user")
        _ = try table.required("cl_waiting")
        let mode = table.column("pool_mode")
        let numbers = NumericColumns(table, except: ["database", "user", "pool_mode", "load_balance_hosts"])
        return (0..<table.rowCount).map { row in
            PgBouncerPool(
                database: database.text(row) ?? "", user: user.text(row) ?? "", poolMode: mode.text(row),
                numbers: numbers.read(row))
        }
    }
}

/// `SHOW STATS_TOTALS`.
package enum BouncerTotalsSource: Source {
    package static let name = "stats_totals"
    package static let cadence = Cadence.everyTick

    package static let knownColumns: Set<String>? =
        Set(PeerBouncerTotalsCollector.columns.map(\.column)).union(["database"])

    package static func statement(in context: SourceContext) -> String? { "SHOW STATS_TOTALS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerTotals] {
        let database = try table.required("database")
        let numbers = NumericColumns(table, except: ["database"])
        return (0..<table.rowCount).map { row in
            PgBouncerTotals(database: database.text(row) ?? "", numbers: numbers.read(row))
        }
    }
}

/// `SHOW DATABASES`.
package enum BouncerDatabasesSource: Source {
    package static let name = "pgbouncer_databases"
    package static let cadence = Cadence.everyTick

    private static let texts = ["name", "host", "port", "database", "force_user", "pool_mode", "load_balance_hosts"]

    package static let knownColumns: Set<String>? =
        Set(PeerBouncerDatabasesCollector.columns.flatMap(\.columns)).union(texts).union(["server_lifetime"])

    package static func statement(in context: SourceContext) -> String? { "SHOW DATABASES" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerDatabase] {
        let name = try table.required("name")
        _ = try table.required("pool_size")
        let readers = texts.map { ($0, table.column($0)) }
        let numbers = NumericColumns(table, except: Set(texts))
        return (0..<table.rowCount).map { row in
            let text = Dictionary(uniqueKeysWithValues: readers.map { ($0.0, $0.1.text(row) ?? "") })
            return PgBouncerDatabase(
                name: name.text(row) ?? "", host: text["host"] ?? "", port: text["port"] ?? "",
                database: text["database"] ?? "", forceUser: text["force_user"] ?? "",
                poolMode: text["pool_mode"] ?? "", numbers: numbers.read(row))
        }
    }
}

/// `SHOW LISTS`.
package enum BouncerListsSource: Source {
    package static let name = "lists"
    package static let cadence = Cadence.everyTick

    package static func statement(in context: SourceContext) -> String? { "SHOW LISTS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerList] {
        let name = try table.required("list")
        let items = try table.required("items")
        return (0..<table.rowCount).compactMap { row in
            guard let name = name.text(row), let value = items.double(row) else { return nil }
            return PgBouncerList(name: name, value: value)
        }
    }
}

/// `SHOW CONFIG`.
package enum BouncerConfigSource: Source {
    package static let name = "config"
    package static let cadence = Cadence.every(.seconds(10))

    package static func statement(in context: SourceContext) -> String? { "SHOW CONFIG" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> PgBouncerSettings {
        try PgBouncerSettings(table)
    }
}

/// `SHOW STATE`, which older versions lack (1.18 does).
package enum BouncerStateSource: Source {
    package static let name = "state"
    package static let cadence = Cadence.every(.seconds(10))
    package static let isOptional = true

    package static func statement(in context: SourceContext) -> String? { "SHOW STATE" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> PgBouncerSettings {
        try PgBouncerSettings(table)
    }
}

/// `SHOW VERSION`: a row from 1.12 on; before that a notice, which the reader hands over as a row.
package enum BouncerVersionSource: Source {
    package static let name = "version"
    package static let cadence = Cadence.every(.seconds(60))

    package static func statement(in context: SourceContext) -> String? { "SHOW VERSION" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> String {
        let version = try table.required("version")
        guard table.rowCount > 0, let text = version.text(0) else { throw DecodeError("SHOW VERSION answered nothing") }
        return text
    }
}

extension PgBouncerSettings {
    /// From rows of key and value.
    fileprivate init(_ table: any ResultTable) throws(DecodeError) {
        let key = try table.required("key")
        let value = try table.required("value")
        var values: [String: String] = [:]
        for row in 0..<table.rowCount { values[key.text(row) ?? ""] = value.text(row) ?? "" }
        self.init(values: values)
    }
}

/// All columns of a table that are not known to be text, read as numbers where they are numbers.
private struct NumericColumns {
    private let readers: [(name: String, reader: ColumnReader)]

    init(_ table: any ResultTable, except texts: Set<String>) {
        readers = table.tableColumns.map(\.name).filter { !texts.contains($0) }.map { ($0, table.column($0)) }
    }

    func read(_ row: Int) -> [String: Double] {
        var numbers: [String: Double] = [:]
        for (name, reader) in readers { numbers[name] = reader.double(row) }
        return numbers
    }
}
