import Observations

/// Answers of PostgreSQL with the column sets of its versions (10 to 18).
package struct PostgresFixture: Sendable, CustomStringConvertible {
    /// The major version.
    package let version: Int
    package var description: String { "PostgreSQL \(version)" }
    /// As `PQserverVersion` gives it.
    package var serverVersion: Int { version * 10_000 + 3 }

    package static let all = (10...18).map { PostgresFixture(version: $0) }

    private func since(_ minimum: Int, _ columns: [String]) -> [String] { version >= minimum ? columns : [] }

    /// The columns of `pg_stat_activity`, as the release has them.
    package var activityColumns: [String] {
        ["datid", "datname", "pid"] + since(13, ["leader_pid"])
            + [
                "usesysid", "usename", "application_name", "client_addr", "client_hostname", "client_port",
                "backend_start", "xact_start", "query_start", "state_change", "wait_event_type", "wait_event", "state",
                "backend_xid", "backend_xmin",
            ]
            + since(14, ["query_id"]) + ["query", "backend_type"]
    }

    /// The columns of `pg_stat_database`, as the release has them.
    package var databaseColumns: [String] {
        [
            "datid", "datname", "numbackends", "xact_commit", "xact_rollback", "blks_read", "blks_hit",
            "tup_returned", "tup_fetched", "tup_inserted", "tup_updated", "tup_deleted", "conflicts", "temp_files",
            "temp_bytes", "deadlocks",
        ]
            + since(12, ["checksum_failures", "checksum_last_failure"]) + ["blk_read_time", "blk_write_time"]
            + since(
                14,
                [
                    "session_time", "active_time", "idle_in_transaction_time", "sessions", "sessions_abandoned",
                    "sessions_fatal", "sessions_killed",
                ])
            + since(18, ["parallel_workers_to_launch", "parallel_workers_launched"]) + ["stats_reset"]
    }

    /// What the activity statement is answered: ourselves, a client in a transaction, a parallel worker of another
    /// leader (which can be told since 13), and a background process without a database.
    ///
    /// The clock stands at 1,000 s after PostgreSQL's epoch.
    package var activity: BinaryTable {
        let names = ["sampled_at", "is_self", "client_address"] + activityColumns.filter { $0 != "client_addr" }
        func row(_ values: [String: BinaryTable.Value]) -> [String: BinaryTable.Value] {
            ["sampled_at": .time(1_000), "is_self": .bool(false), "application_name": .text("")]
                .merging(values) { $1 }
        }
        return BinaryTable(
            columns: names,
            rows: [
                row([
                    "pid": .int4(1), "is_self": .bool(true), "datname": .text("postgres"),
                    "usename": .text("poolscope"), "state": .text("active"), "backend_type": .text("client backend"),
                    "backend_start": .time(10), "xact_start": .time(999.5), "query_start": .time(999.5),
                    "state_change": .time(999.5),
                ]),
                row([
                    "pid": .int4(2), "datname": .text("shop"), "usename": .text("app"),
                    "application_name": .text("web"), "state": .text("idle in transaction"),
                    "wait_event_type": .text("Client"), "wait_event": .text("ClientRead"),
                    "backend_start": .time(20), "xact_start": .time(990), "query_start": .time(991),
                    "state_change": .time(992.25), "client_address": .text("10.0.0.7"), "client_port": .int4(40_123),
                    "query_id": .int8(-77), "backend_type": .text("client backend"),
                ]),
                row([
                    "pid": .int4(3), "leader_pid": .int4(2), "datname": .text("shop"), "usename": .text("app"),
                    "state": .text("active"), "backend_type": .text("parallel worker"),
                ]),
                row(["pid": .int4(4), "backend_type": .text(version >= 18 ? "io worker" : "checkpointer")]),
            ])
    }

    /// What the databases statement is answered: `shop`, each number the place of its column in the view. The row of the
    /// shared objects, which the view has since 12, has no database to join.
    package var databases: BinaryTable {
        var values: [String: BinaryTable.Value] = ["datconnlimit": .int4(50)]
        for (place, column) in databaseColumns.enumerated() {
            values[column] =
                column.hasSuffix("_time") ? .float8(Double(place)) : .int8(Int64(place))
        }
        values["datid"] = .oid(16_384)
        values["datname"] = .text("shop")
        values["numbackends"] = .int4(2)
        values["stats_reset"] = .time(500)
        // Without checksums both are NULL.
        values["checksum_failures"] = nil
        values["checksum_last_failure"] = nil
        return BinaryTable(columns: ["datconnlimit"] + databaseColumns, rows: [values])
    }
}
