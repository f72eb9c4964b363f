import Locking
import Postgres

/// What a demo can be told.
package struct DemoOptions: Sendable {
    /// The season that never ends; nil for the cycle through all.
    package var season: Season?
    /// After which the demo ends by itself; nil: never.
    package var duration: Duration?

    package init(season: Season? = nil, duration: Duration? = nil) {
        self.season = season
        self.duration = duration
    }
}

/// A running demo, for those who watch it.
package struct DemoEndpoints: Sendable {
    /// Connects role `poolscope`, a member of `pg_monitor`, to PostgreSQL. Contains its password: not for printing.
    package let postgres: String
    /// Connects `poolscope`, one of the `stats_users`, to PgBouncer's console. Contains its password: not for printing.
    package let pgbouncer: String
    /// A configuration of Poolscope with both, whose passwords only the servers' account and root can read.
    package let configuration: String
    package let postgresPort: UInt16
    package let pgbouncerPort: UInt16
    /// The temporary directory, with the servers' logs.
    package let directory: String
    package let schedule: Schedule
    /// When the schedule's first season began.
    package let start: ContinuousClock.Instant

    fileprivate let workload: Guarded<WorkloadCounts>

    /// What the workload did so far.
    package var counts: WorkloadCounts { workload.withLock { $0 } }
}

/// A private PostgreSQL, a PgBouncer in transaction mode before it, and a small live workload with seasons.
package enum DemoEnvironment {
    /// Starts everything, calls `body`, and tears everything down when `body` returns or throws, when the duration has passed,
    /// or when the task is cancelled. Prints nothing.
    ///
    /// - Throws: `PrivateServerError` when a server cannot be started; what `body` throws.
    package static func run(
        options: DemoOptions, body: @escaping @Sendable (DemoEndpoints) async throws -> Void
    ) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-demo")
        do {
            let (endpoints, workload) = try await start(in: directory, options: options)
            try await run(workload, duration: options.duration) { try await body(endpoints) }
        } catch {
            await directory.remove()
            throw error
        }
        await directory.remove()
    }

    private static func start(
        in directory: PrivateDirectory, options: DemoOptions
    ) async throws -> (DemoEndpoints, Workload) {
        let passwords = Shop.Passwords()
        let server = try await PrivatePostgres.start(
            in: directory, settings: ["max_connections": "40"], authentication: .scram)
        try await Shop.create(on: server, passwords: passwords)
        let pooler = try await PrivatePgBouncer.start(
            in: directory, databases: [Shop.database: "host=127.0.0.1 port=\(server.port) dbname=\(Shop.database)"],
            settings: [
                "auth_type": "scram-sha-256", "stats_users": "poolscope", "default_pool_size": "\(Workload.poolSize)",
                "reserve_pool_size": "0", "max_client_conn": "100", "query_wait_timeout": "15",
            ],
            users: ["web": passwords.web, "jobs": passwords.jobs, "poolscope": passwords.poolscope])

        let workload = Workload(
            targets: Workload.Targets(
                web: try ConnectionString(
                    parsing: pooler.dsn(database: Shop.database, user: "web", password: passwords.web)),
                jobs: try ConnectionString(
                    parsing: pooler.dsn(database: Shop.database, user: "jobs", password: passwords.jobs)),
                direct: try ConnectionString(
                    parsing: server.dsn(database: Shop.database, user: "reports", password: passwords.reports))),
            schedule: Schedule(pinned: options.season), start: .now)
        let console = pooler.dsn(user: "poolscope", password: passwords.poolscope)
        // Not to the shop itself: a database cannot be drained over a session of its own.
        let neutral = server.dsn(user: "poolscope", password: passwords.poolscope)
        let endpoints = DemoEndpoints(
            postgres: server.dsn(database: Shop.database, user: "poolscope", password: passwords.poolscope),
            pgbouncer: console,
            configuration: try directory.write(
                """
                targets:
                  - {name: server, cluster: demo, kind: postgres, dsn: "\(neutral)"}
                  - {name: pooler, cluster: demo, kind: pgbouncer, dsn: "\(console)"}

                """, to: "poolscope.yml"),
            postgresPort: server.port, pgbouncerPort: pooler.port, directory: directory.path,
            schedule: workload.schedule, start: workload.start, workload: workload.counts)
        return (endpoints, workload)
    }

    /// Until the body or the duration ends, whichever is first.
    private static func run(
        _ workload: Workload, duration: Duration?, _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            if let duration { group.addTask { try await Task.sleep(for: duration) } }
            try await withThrowingTaskGroup(of: Void.self) { clients in
                clients.addTask { await workload.run() }
                defer { clients.cancelAll() }
                try await group.next()
            }
            group.cancelAll()
        }
    }
}
