import Observations

/// Answers of PgBouncer's console with the column sets of its versions (1.8 to 1.25).
package struct BouncerFixture: Sendable, CustomStringConvertible {
    package let version: String
    package var description: String { version }

    package init(version: String) {
        self.version = version
    }

    private func at(_ minimum: Int, _ columns: [String]) -> [String] { minor >= minimum ? columns : [] }
    private var minor: Int { Int(version.split(separator: ".")[1]) ?? 0 }

    package static let all = ["1.8", "1.12", "1.16", "1.18", "1.23", "1.24", "1.25"].map { BouncerFixture(version: $0) }

    /// One pool of `app`/`web`: 3 active, 2 idle, 4 clients waiting, the first for 2.25 s.
    package var pools: TextTable {
        let columns =
            ["database", "user", "cl_active", "cl_waiting"]
            + (minor >= 16 && minor < 18 ? ["cl_cancel_req"] : [])
            + at(18, ["cl_active_cancel_req", "cl_waiting_cancel_req"])
            + ["sv_active"] + at(18, ["sv_active_cancel", "sv_being_canceled"])
            + ["sv_idle", "sv_used", "sv_tested", "sv_login", "maxwait", "maxwait_us", "pool_mode"]
            + at(24, ["load_balance_hosts"])
        let values = [
            "database": "app", "user": "web", "cl_active": "3", "cl_waiting": "4", "sv_active": "3", "sv_idle": "2",
            "maxwait": "2", "maxwait_us": "250000", "pool_mode": "transaction", "load_balance_hosts": "",
        ]
        let admin = ["database": "pgbouncer", "user": "pgbouncer", "cl_active": "1", "pool_mode": "statement"]
        return TextTable(
            columns: columns, rows: [values, admin].map { row in columns.map { row[$0] ?? "0" } })
    }

    package var databases: TextTable {
        let columns =
            ["name", "host", "port", "database", "force_user", "pool_size"] + at(16, ["min_pool_size"])
            + [minor >= 24 ? "reserve_pool_size" : "reserve_pool"] + at(23, ["server_lifetime"]) + ["pool_mode"]
            + at(24, ["load_balance_hosts"]) + ["max_connections", "current_connections"]
            + at(24, ["max_client_connections", "current_client_connections"]) + ["paused", "disabled"]
        let values: [String: String?] = [
            "name": "app", "host": "db1", "port": "5432", "database": "orders", "force_user": nil, "pool_size": "4",
            "reserve_pool": "1", "reserve_pool_size": "1", "pool_mode": nil, "current_connections": "5",
        ]
        return TextTable(columns: columns, rows: [columns.map { values[$0] ?? "0" }])
    }

    /// `web` with limits of its own where the version shows them, `jobs` without; texts are padded as PgBouncer pads
    /// them.
    package var users: TextTable {
        let columns =
            ["name"] + at(23, ["pool_size"]) + at(24, ["reserve_pool_size"]) + ["pool_mode"]
            + at(23, ["max_user_connections", "current_connections"])
            + at(24, ["max_user_client_connections", "current_client_connections"])
        let web: [String: String?] = [
            "name": "web", "pool_size": "        6", "reserve_pool_size": "        2", "pool_mode": nil,
            "max_user_connections": "20", "current_connections": "5", "max_user_client_connections": "10",
            "current_client_connections": "7",
        ]
        let jobs: [String: String?] = ["name": "jobs", "pool_size": "", "reserve_pool_size": "", "pool_mode": nil]
        return TextTable(columns: columns, rows: [web, jobs].map { row in columns.map { row[$0] ?? "0" } })
    }

    package var totals: TextTable {
        let columns =
            ["database"] + at(23, ["server_assignment_count"])
            + ["xact_count", "query_count", "bytes_received", "bytes_sent", "xact_time", "query_time", "wait_time"]
            + at(24, ["client_parse_count", "server_parse_count", "bind_count"])
        let values = ["database": "app", "query_count": "10", "wait_time": "1500000", "server_assignment_count": "9"]
        return TextTable(columns: columns, rows: [columns.map { values[$0] ?? "0" }])
    }
}
