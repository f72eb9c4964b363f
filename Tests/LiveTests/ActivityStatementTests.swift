import Agent
import Collectors
import Demo
import Observations
import Postgres
import TestSupport
import Testing

@Suite("The activity statement against the view")
struct ActivityStatementTests {
    /// The view, asked as plainly as it can be.
    private func plainStatement(_ version: Int) -> String {
        let newer = (version >= 130_000 ? ", leader_pid" : "") + (version >= 140_000 ? ", query_id" : "")
        return """
            SELECT clock_timestamp() AS sampled_at, pid, pid = pg_backend_pid() AS is_self, datname::text, \
            usename::text, application_name, state, wait_event_type, wait_event, backend_start, xact_start, \
            query_start, state_change, host(client_addr) AS client_address, client_port, backend_type\(newer) \
            FROM pg_catalog.pg_stat_activity
            """
    }

    /// Both see the same moment: within a transaction the server reads its sessions once.
    private func bothAreEqual(_ server: PrivatePostgres, user: String) async throws -> [ActivityRow] {
        let session = try await PostgresSession.connect(
            ConnectionString(parsing: server.dsn(user: user)), timeout: .seconds(10))
        defer { session.close() }
        let version = session.serverVersion
        let statement = try #require(ActivitySource.statement(in: SourceContext(serverVersion: version)))
        _ = try await session.simpleQuery("BEGIN", timeout: .seconds(10))
        var samples: [ActivitySample] = []
        for sql in [statement, plainStatement(version)] {
            samples.append(try ActivitySource.decode(try await session.query(sql, timeout: .seconds(10))))
        }
        #expect(samples[0].sampledAt < samples[1].sampledAt)
        let (ours, theirs) = (samples[0].rows.sorted { $0.pid < $1.pid }, samples[1].rows.sorted { $0.pid < $1.pid })
        #expect(ours.count == theirs.count)
        for (one, other) in zip(ours, theirs) {
            #expect(one == other, "\(one.traits.values)\n\(other.traits.values)")
        }
        return ours
    }

    @Test(
        "it says the same, row for row, of dropped roles and renamed databases too, to those who see all or little",
        arguments: PostgresVersion.all)
    func same(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            _ = try await server.execute(
                "CREATE TABLE stock (n int); GRANT ALL ON stock TO app; CREATE ROLE leaving LOGIN", database: "shop")
            _ = try await server.execute("CREATE DATABASE old; ALTER DATABASE old RENAME TO new")
            let lock = "BEGIN; LOCK TABLE stock; SELECT pg_sleep(100)"
            try await withPsql(server, application: "holder", script: lock) {
                try await withPsql(server, application: "waiter", script: "SELECT * FROM stock") {
                    try await withPsql(
                        server, application: "gone", database: "new", user: "leaving", script: "SELECT pg_sleep(100)"
                    ) {
                        _ = try await server.execute("DROP ROLE leaving")
                        let all = try await bothAreEqual(server, user: "poolscope")
                        let gone = all.first { $0.applicationName == "gone" }
                        #expect(gone?.user == nil && gone?.database == "new" && gone?.isClientBackend == true)
                        #expect(all.contains { $0.applicationName == "waiter" && $0.isWaitingForLock })
                        #expect(all.contains { $0.backendType == "checkpointer" && $0.database == nil })
                        let little = try await bothAreEqual(server, user: "little")
                        #expect(little.contains { $0.user == "app" && $0.isHidden && $0.state == nil })
                    }
                }
            }
        }
    }
}
