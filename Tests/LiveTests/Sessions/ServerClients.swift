import Demo
import Postgres
import Sessions
import TestSupport

/// Sessions of our own making on a server, to be looked at and ended.
///
/// Each runs in a task of its own, and ends with the body at the latest.
enum ServerClients {
    /// One session with these statements, the last of which may never end.
    struct Client: Sendable {
        let application: String
        let dsn: String
        let statements: [String]

        init(_ application: String, _ dsn: String, _ statements: String...) {
            self.init(application, dsn, statements: statements)
        }

        init(_ application: String, _ dsn: String, statements: [String]) {
            self.application = application
            self.dsn = dsn
            self.statements = statements
        }
    }

    /// Runs `body` while the clients are there: connected, and with their last statement ended or at its wait, so that
    /// they have what they lock.
    static func with(_ clients: [Client], on server: PrivatePostgres, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            // One after the other: who holds a lock has it when the next one comes.
            for client in clients {
                group.addTask { await hold(client) }
                try await eventually("\(client.application) is there", within: .seconds(60)) {
                    try await server.execute(
                        """
                        SELECT query FROM pg_stat_activity WHERE application_name = '\(client.application)'
                        AND (state <> 'active' OR wait_event_type IN ('Lock', 'Timeout'))
                        """)
                } is: {
                    $0 == (client.statements.last ?? "")
                }
            }
            try await body()
        }
    }

    /// Until cancelled, or until the server has had enough.
    private static func hold(_ client: Client) async {
        do {
            let session = try await connect(client)
            for statement in client.statements {
                _ = try? await session.simpleQuery(statement, timeout: .seconds(600))
            }
            try await Task.sleep(for: .seconds(600))
            session.close()
        } catch {
            // The end of the test.
        }
    }

    /// Again, while there is no slot: whoever looks for the clients takes one for a moment, too.
    private static func connect(_ client: Client) async throws -> PostgresSession {
        let address = try ConnectionString(parsing: client.dsn).setting("application_name", client.application)
        while true {
            do {
                return try await PostgresSession.connect(address, timeout: .seconds(60))
            } catch {
                guard error.sqlState == .tooManyConnections else { throw error }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

/// What a test does to the sessions of a server.
struct SessionsUnderTest {
    let server: SessionsServer

    static func connect(
        _ server: PrivatePostgres, user: String, application: String = "poolscope"
    ) async throws -> SessionsUnderTest {
        let connection = try ConnectionString(parsing: server.dsn(user: user))
            .setting("application_name", application)
        return SessionsUnderTest(server: try await SessionsServer.connect(connection))
    }

    func row(_ application: String) async throws -> SessionRow? {
        try await server.list().rows.first { $0.activity.applicationName == application }
    }

    func perform(
        _ action: SessionAction, on row: SessionRow, if condition: ActionCondition = .session,
        permissions: ActionPermissions = ActionPermissions()
    ) async -> ActionOutcome {
        await server.perform(ActionRequest(action, on: row, if: condition, permissions: permissions))
    }
}

/// A PostgreSQL with `ops`, who may see all and end ordinary sessions, and what walsenders need.
func startSessionsServer(
    in directory: PrivateDirectory, settings: [String: String] = [:], version: PostgresVersion = .installed
) async throws -> PrivatePostgres {
    let defaults = ["wal_level": "logical", "max_wal_senders": "4", "max_prepared_transactions": "2"]
    let server = try await startServer(
        in: directory, settings: defaults.merging(settings) { $1 }, version: version)
    _ = try await server.execute(
        "CREATE ROLE ops LOGIN; GRANT pg_monitor, pg_signal_backend TO ops; ALTER ROLE app REPLICATION")
    _ = try await server.execute(
        "CREATE TABLE stock (id int PRIMARY KEY, n int); INSERT INTO stock VALUES (1, 0); GRANT ALL ON stock TO app",
        database: "shop")
    return server
}
