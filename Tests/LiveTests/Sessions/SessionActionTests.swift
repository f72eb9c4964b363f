import Collectors
import Demo
import Observations
import Postgres
import Sessions
import TestSupport
import Testing

@Suite("Ending sessions on a real server")
struct SessionActionTests {
    private static let sleep = "SELECT pg_sleep(600)"

    private func withServer(
        version: PostgresVersion = .installed, _ clients: [(name: String, user: String, statement: String)],
        as user: String = "ops", _ body: (PrivatePostgres, SessionsUnderTest) async throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory, version: version)
            let clients = clients.map {
                ServerClients.Client($0.name, server.dsn(database: "shop", user: $0.user), $0.statement)
            }
            try await ServerClients.with(clients, on: server) {
                try await body(server, try await SessionsUnderTest.connect(server, user: user))
            }
        }
    }

    private func isThere(_ application: String, _ server: PrivatePostgres) async throws -> Bool {
        try await server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '\(application)'") != "0"
    }

    @Test(
        "cancel ends the statement and leaves the session; then there is nothing to cancel",
        arguments: PostgresVersion.all)
    func cancel(version: PostgresVersion) async throws {
        try await withServer(version: version, [("sleeper", "app", Self.sleep)]) { server, sessions in
            let row = try #require(try await sessions.row("sleeper"))
            #expect(await sessions.perform(.cancel, on: row, if: .statement) == .done)
            let request = ActionRequest(.cancel, on: row, if: .statement, permissions: ActionPermissions())
            try await eventually("the statement has ended", within: .seconds(60)) {
                try await sessions.server.remaining(of: [request]).isEmpty
            }
            let after = try #require(try await sessions.row("sleeper"))
            #expect(after.identity == row.identity && after.activity.state == .idle)
            #expect(await sessions.perform(.cancel, on: row, if: .statement) == .changed)
        }
    }

    @Test("terminate ends the session, and says that it is gone the next time", arguments: PostgresVersion.all)
    func terminate(version: PostgresVersion) async throws {
        try await withServer(version: version, [("idler", "app", "SELECT 1")]) { server, sessions in
            let row = try #require(try await sessions.row("idler"))
            #expect(await sessions.perform(.terminate, on: row, if: .state) == .done)
            try await eventually("it is gone", within: .seconds(60)) { try await !isThere("idler", server) }
            // In time the number may be given away again: a server that has just started has many others to give.
            #expect(await sessions.perform(.terminate, on: row) == .gone)
        }
    }

    @Test("a process id that is used again is not hit: not by the session, nor by its statement")
    func reused() async throws {
        try await withServer([("sleeper", "app", Self.sleep)]) { server, sessions in
            let row = try #require(try await sessions.row("sleeper"))
            // What was seen was another session with this number, which began a microsecond before this one.
            var seen = row
            seen.activity.backendStart = row.activity.backendStart.map {
                ServerTime(microseconds: $0.microseconds - 1)
            }
            for action in SessionAction.allCases {
                #expect(await sessions.perform(action, on: seen) == .reused)
            }
            var earlier = row
            earlier.activity.queryStart = row.activity.queryStart.map { ServerTime(microseconds: $0.microseconds - 1) }
            #expect(await sessions.perform(.cancel, on: earlier, if: .statement) == .changed)
            #expect(await sessions.perform(.terminate, on: row, if: .transaction) == .done, "the truth is hit")
        }
    }

    @Test("one that was chosen for being idle and has begun something since is not touched")
    func changed() async throws {
        try await withServer([("idler", "app", "SELECT 1")]) { server, sessions in
            var row = try #require(try await sessions.row("idler"))
            row.activity.stateChange = row.activity.stateChange.map {
                ServerTime(microseconds: $0.microseconds - 1_000_000)
            }
            #expect(await sessions.perform(.terminate, on: row, if: .state) == .changed)
            #expect(try await isThere("idler", server))
        }
    }

    @Test("without pg_signal_backend, and against a superuser: what to grant, and nobody is hit")
    func privileges() async throws {
        let clients = [("sleeper", "app", Self.sleep), ("admin", "postgres", Self.sleep)]
        try await withServer(clients, as: "poolscope") { server, sessions in
            let row = try #require(try await sessions.row("sleeper"))
            for action in SessionAction.allCases {
                let outcome = await sessions.perform(action, on: row)
                #expect(outcome.detail == "GRANT pg_signal_backend TO poolscope, or GRANT app TO poolscope")
                #expect(outcome.word == "insufficient_privilege")
            }
            let admin = try #require(try await sessions.row("admin"))
            #expect(await sessions.perform(.terminate, on: admin) == .refused(.superuser))
            let ops = try await SessionsUnderTest.connect(server, user: "ops")
            let permitted = await ops.perform(
                .terminate, on: admin, permissions: ActionPermissions(includesSuperusers: true))
            #expect(permitted.detail == "only a superuser may end a superuser's session; connect as one")
            #expect(try await isThere("sleeper", server))
            #expect(try await isThere("admin", server))
            // What was granted helps at once.
            _ = try await server.execute("GRANT pg_signal_backend TO poolscope")
            #expect(await sessions.perform(.terminate, on: row) == .done)
        }
    }

    @Test("who became a superuser between list and action is spared by the server")
    func promoted() async throws {
        try await withServer([("sleeper", "app", Self.sleep)], as: "postgres") { server, sessions in
            let row = try #require(try await sessions.row("sleeper"))
            _ = try await server.execute("ALTER ROLE app SUPERUSER")
            #expect(await sessions.perform(.terminate, on: row) == .refused(.superuser))
            #expect(try await isThere("sleeper", server))
        }
    }

    @Test("never our own session, a walsender unasked, or a background process", arguments: PostgresVersion.all)
    func protected(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startSessionsServer(in: directory, version: version)
            let receiver = ServerClients.Client(
                "receiver", server.dsn(database: "shop", user: "app") + " replication=database", "IDENTIFY_SYSTEM")
            try await ServerClients.with([receiver], on: server) {
                let sessions = try await SessionsUnderTest.connect(server, user: "postgres", application: "ourselves")
                let walsender = try #require(try await sessions.row("receiver"))
                #expect(walsender.isReplication)
                #expect(await sessions.perform(.terminate, on: walsender) == .refused(.replication))
                #expect(try await isThere("receiver", server))

                let others = try await everyProcess(server)
                let own = try #require(others.first { $0.activity.applicationName == "ourselves" })
                let all = ActionPermissions(includesSuperusers: true, includesReplication: true)
                #expect(await sessions.perform(.terminate, on: own, permissions: all) == .refused(.ownSession))
                let workers = others.filter { $0.activity.backendType != "client backend" && !$0.isReplication }
                #expect(workers.contains { $0.activity.backendType == "checkpointer" })
                for worker in workers {
                    #expect(await sessions.perform(.terminate, on: worker, permissions: all) == .refused(.notClient))
                }
                #expect(await sessions.perform(.terminate, on: walsender, permissions: all) == .done)
                try await eventually("asked for, it ends", within: .seconds(60)) {
                    try await !isThere("receiver", server)
                }
            }
        }
    }

    /// All rows of `pg_stat_activity`, those that the list leaves out, too.
    private func everyProcess(_ server: PrivatePostgres) async throws -> [SessionRow] {
        let session = try await PostgresSession.connect(ConnectionString(parsing: server.dsn()), timeout: .seconds(60))
        let context = SourceContext(serverVersion: session.serverVersion)
        let statement = try #require(ActivitySource.statement(in: context))
        let sample = try ActivitySource.decode(try await session.query(statement, timeout: .seconds(60)))
        return sample.rows.filter { !$0.isSelf }.map { SessionRow($0, sampledAt: sample.sampledAt) }
    }
}
