import Postgres

/// One kind of trouble: clients that make it, until they are cancelled.
package struct Trouble: Sendable {
    private let acts: [@Sendable () async -> Void]

    package init(_ act: @escaping @Sendable () async -> Void) {
        acts = [act]
    }

    /// The same by each of some clients.
    package init(_ clients: [ScenarioClient], _ act: @escaping @Sendable (ScenarioClient) async -> Void) {
        self.init(clients.map { client -> @Sendable () async -> Void in { await act(client) } })
    }

    private init(_ acts: [@Sendable () async -> Void]) {
        self.acts = acts
    }

    package static func + (one: Trouble, other: Trouble) -> Trouble { Trouble(one.acts + other.acts) }

    /// Goes on while `body` runs.
    package func during<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for act in acts { group.addTask { await act() } }
            defer { group.cancelAll() }
            return try await body()
        }
    }
}

extension ScenarioServers {
    /// Clients of the pooler.
    package func pooled(
        _ count: Int, _ application: String, database: String = "shop", user: String = "web"
    ) throws -> [ScenarioClient] {
        try (0..<count).map { _ in
            try client(bouncer.dsn(database: database, user: user), application)
        }
    }

    /// Clients of `main` itself.
    package func direct(_ count: Int, _ application: String, user: String = "reports") throws -> [ScenarioClient] {
        try (0..<count).map { _ in try client(main.dsn(database: "shop", user: user), application) }
    }

    private func client(_ dsn: String, _ application: String) throws -> ScenarioClient {
        ScenarioClient(target: try ConnectionString(parsing: dsn).setting("application_name", application))
    }

    /// Few clients, short statements, room everywhere.
    package func everyday() throws -> Trouble {
        try Trouble(pooled(2, "catalogue")) { await $0.works(pausing: .milliseconds(100), Chore.browse) }
            + Trouble(pooled(1, "checkout")) { await $0.works(pausing: .milliseconds(200), Chore.order) }
            + Trouble(pooled(1, "worker", user: "jobs")) { await $0.works(pausing: .milliseconds(500), Chore.browse) }
            // PgBouncer must have met the server before it is paused: else clients wait in login, and give up.
            + Trouble(pooled(1, "archivist", database: "archive")) {
                await $0.works(pausing: .milliseconds(500), Chore.browse)
            }
            + Trouble(direct(1, "reports")) { await $0.works(pausing: .milliseconds(700), Chore.browse) }
    }

    /// Far more clients than connections, each of which holds one for six seconds; some give up.
    package func saturation() throws -> Trouble {
        try Trouble(pooled(14, "checkout")) { await $0.works(pausing: .milliseconds(50), Chore.slowOrder) }
            + Trouble(pooled(2, "impatient")) {
                await $0.comesAndGoes(pausing: .milliseconds(500)) { session throws(PostgresError) in
                    _ = try await session.simpleQuery("SELECT 1", timeout: .seconds(3))
                }
            }
    }

    /// An application whose idle connections become more and more.
    package func leak() throws -> Trouble {
        try Trouble(direct(1, "leaky")) { await $0.leaks(count: 25, pausing: .milliseconds(2_500)) }
    }

    /// A connection for each request, and an operator who ends sessions.
    package func churn() throws -> Trouble {
        let main = main
        return try Trouble(direct(2, "lambda")) { await $0.comesAndGoes(pausing: .milliseconds(150), Chore.browse) }
            + Trouble(direct(1, "victim")) { await $0.works(pausing: .milliseconds(300), Chore.browse) }
            + Trouble {
                while !Task.isCancelled {
                    _ = try? await main.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'")
                    try? await Task.sleep(for: .seconds(3))
                }
            }
    }

    /// One session that holds a row, and enough that want it.
    package func lock() throws -> Trouble {
        let update = "UPDATE products SET stock = stock + 1 WHERE id = 1990"
        return try Trouble(direct(1, "migration")) { await $0.holds(["BEGIN", update, "SELECT pg_sleep(100)"]) }
            + Trouble(direct(11, "stock-keeper")) {
                try? await Task.sleep(for: .seconds(1))
                await $0.works(pausing: .milliseconds(100)) { session throws(PostgresError) in
                    _ = try await session.simpleQuery(update, timeout: ScenarioClient.limit)
                }
            }
    }

    /// Sessions that are idle in a transaction, one for long and one again and again.
    package func forgetfulness() throws -> Trouble {
        try Trouble(direct(1, "report-builder")) { await $0.holds(["BEGIN", "SELECT count(*) FROM orders"]) }
            + Trouble(direct(1, "spreadsheet")) {
                await $0.works(pausing: .milliseconds(300)) { session throws(PostgresError) in
                    _ = try await session.simpleQuery("BEGIN", timeout: ScenarioClient.limit)
                    try? await Task.sleep(for: .milliseconds(1_500))
                    _ = try await session.simpleQuery("COMMIT", timeout: ScenarioClient.limit)
                }
            }
    }

    /// Statements that take longer than the slow threshold, and some that sort on disk.
    package func slowness() throws -> Trouble {
        try Trouble(direct(2, "analytics")) {
            await $0.works(pausing: .milliseconds(500)) { session throws(PostgresError) in
                _ = try await session.simpleQuery("SELECT pg_sleep(5.5)", timeout: ScenarioClient.limit)
            }
        }
            + Trouble(direct(1, "export")) {
                await $0.works(pausing: .seconds(2)) { session throws(PostgresError) in
                    for statement in [
                        "SET work_mem = '64kB'",
                        "SELECT count(*) FROM (SELECT n FROM generate_series(1, 20000) n ORDER BY md5(n::text)) s",
                    ] { _ = try await session.simpleQuery(statement, timeout: ScenarioClient.limit) }
                }
            }
    }

    /// Two sessions that take two rows in opposite order, again and again.
    package func deadlocks() throws -> Trouble {
        try Trouble(direct(1, "left")) { await $0.works(pausing: .milliseconds(50), Chore.leftThenRight) }
            + Trouble(direct(1, "right")) { await $0.works(pausing: .milliseconds(50), Chore.rightThenLeft) }
    }

    /// A role that has used up its own limit.
    package func tenant() throws -> Trouble {
        try Trouble(direct(3, "tenant", user: "tenant")) { await $0.holds(["SELECT 1"]) }
    }

    /// Clients that want a database which is paused.
    package func paused() throws -> Trouble {
        try Trouble(pooled(2, "archivist", database: "archive")) {
            await $0.works(pausing: .milliseconds(500), Chore.browse)
        }
    }

    /// Every slot of `small` that is not reserved, and some clients that find none.
    package func fullServer() throws -> Trouble {
        let clients = try (0..<(Self.smallSlots + 2)).map { _ in try client(small.dsn(user: "app"), "swarm") }
        return Trouble(clients) { await $0.holds(["SELECT 1"]) }
    }
}
