import Testing

@testable import Postgres

@Suite("from words to kinds of errors")
struct ClassificationTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        let words: String
        let kind: PostgresError.Kind
        let sqlState: String?

        init(_ words: String, _ kind: PostgresError.Kind, _ sqlState: String? = nil) {
            self.words = words
            self.kind = kind
            self.sqlState = sqlState
        }

        var testDescription: String { words }
    }

    private static let tcp = "connection to server at \"db1\" (10.0.0.1), port 5432 failed: "
    private static let local = "connection to server on socket \"/run/.s.PGSQL.5432\" failed: "

    static let attempts: [Attempt] = [
        // The server, with SQLSTATE.
        Attempt(tcp + "FATAL:  53300: sorry, too many clients already\n", .tooManyConnections, "53300"),
        Attempt(tcp + "FATAL:  53300: too many connections for role \"u\"\n", .tooManyConnections, "53300"),
        Attempt(tcp + "ВАЖНО:  53300: извините, уже слишком много клиентов\n", .tooManyConnections, "53300"),
        Attempt(tcp + "FATAL:  57P03: the database system is starting up\n", .startingUp, "57P03"),
        Attempt(tcp + "FATAL:  57P03: the database system is shutting down\n", .startingUp, "57P03"),
        Attempt(tcp + "FATAL:  57P01: terminating connection due to administrator command\n", .disconnected, "57P01"),
        Attempt(tcp + "FATAL:  28P01: password authentication failed for user \"u\"\n", .authenticationFailed, "28P01"),
        Attempt(tcp + "FATAL:  28000: role \"u\" does not exist\n", .authenticationFailed, "28000"),
        Attempt(
            tcp + "FATAL:  28000: connection requires a valid client certificate\n", .authenticationFailed, "28000"),
        Attempt(tcp + "FATAL:  3D000: database \"x\" does not exist\n", .authenticationFailed, "3D000"),
        Attempt(tcp + "FATAL:  42501: permission denied for database \"x\"\n", .permissionDenied, "42501"),
        Attempt(
            tcp + "FATAL:  55000: database \"template0\" is not currently accepting connections\n", .refused, "55000"),
        // PgBouncer, which says 08P01 to nearly everything.
        Attempt(tcp + "FATAL:  08P01: no more connections allowed (max_client_conn)\n", .tooManyConnections, "08P01"),
        Attempt(tcp + "FATAL:  08P01: no such database: x\n", .authenticationFailed, "08P01"),
        Attempt(tcp + "FATAL:  08P01: no such user: certificate\n", .authenticationFailed, "08P01"),
        Attempt(tcp + "FATAL:  08P01: SASL authentication failed\n", .authenticationFailed, "08P01"),
        Attempt(tcp + "FATAL:  08P01: auth failed\n", .authenticationFailed, "08P01"),
        Attempt(tcp + "FATAL:  08P01: SSL required\n", .tlsFailed, "08P01"),
        Attempt(tcp + "FATAL:  08P01: query_wait_timeout\n", .timeout, "08P01"),
        Attempt(tcp + "FATAL:  08P01: pgbouncer cannot connect to server\n", .disconnected, "08P01"),
        // libpq itself.
        Attempt(tcp + "Connection refused\n\tIs the server running on that host?\n", .refused),
        Attempt(local + "No such file or directory\n\tIs the server running locally?\n", .refused),
        Attempt(local + "Permission denied\n", .permissionDenied),
        Attempt(tcp + "No route to host\n", .refused),
        Attempt("could not translate host name \"SSL-certificate\" to address: Name or service not known\n", .refused),
        Attempt(tcp + "expected authentication request from server, but received H\n", .refused),
        Attempt(tcp + "fe_sendauth: no password supplied\n", .authenticationFailed),
        Attempt(tcp + "server does not support SSL, but SSL was required\n", .tlsFailed),
        Attempt(tcp + "SSL error: certificate verify failed\n", .tlsFailed),
        Attempt(tcp + "root certificate file \"/r\" does not exist\nEither provide the file\n", .tlsFailed),
        Attempt(tcp + "could not open certificate file \"/c\": No such file or directory\n", .tlsFailed),
        Attempt(tcp + "timeout expired\n", .timeout),
        Attempt(tcp + "Connection timed out\n", .timeout),
        Attempt(
            tcp + "server closed the connection unexpectedly\n\tThis probably means the server\n", .disconnected),
        Attempt(tcp + "could not receive data from server: Connection reset by peer\n", .disconnected),
        Attempt("invalid sslmode value: \"maybe\"\n", .invalidConnectionString),
        Attempt("invalid port number: \"99999\"\n", .invalidConnectionString),
        Attempt("definition of service \"x\" not found\n", .invalidConnectionString),
        Attempt("", .disconnected),
    ]

    @Test("a failure to connect is told by its SQLSTATE, else by its words", arguments: attempts)
    func connecting(attempt: Attempt) {
        let error = PostgresError.connecting(attempt.words, secrets: [])
        #expect(error.kind == attempt.kind)
        #expect(error.sqlState?.rawValue == attempt.sqlState)
        #expect(!error.message.isEmpty && !error.message.contains("\n"))
    }

    @Test("of several hosts the one that answered decides, and all are in the message once")
    func severalHosts() {
        let words = """
            connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused
            \tIs the server running on that host and accepting TCP/IP connections?
            connection to server at "b" (10.0.0.2), port 5432 failed: FATAL:  53300: sorry, too many clients already
            LOCATION:  InitProcess, proc.c:351
            connection to server at "b" (10.0.0.2), port 5432 failed: FATAL:  53300: sorry, too many clients already
            LOCATION:  InitProcess, proc.c:351
            connection to server at "c" (10.0.0.3), port 5432 failed: timeout expired
            """
        let error = PostgresError.connecting(words, secrets: [])
        #expect(error.kind == .tooManyConnections)
        #expect(error.sqlState == .tooManyConnections)
        #expect(
            error.message == """
                connection to server at "a" (10.0.0.1), port 5432 failed: Connection refused; \
                connection to server at "b" (10.0.0.2), port 5432 failed: FATAL: sorry, too many clients already; \
                connection to server at "c" (10.0.0.3), port 5432 failed: timeout expired
                """)
    }

    @Test("a hint does not decide, and the server's detail is kept")
    func details() {
        let words = Self.tcp + "FATAL:  42501: permission denied for database \"x\"\nDETAIL:  No CONNECT.\nHINT:  SSL\n"
        let error = PostgresError.connecting(words, secrets: [])
        #expect(error.kind == .permissionDenied)
        #expect(error.message.hasSuffix("FATAL: permission denied for database \"x\"; DETAIL: No CONNECT.; HINT: SSL"))
    }

    @Test(
        "a failed statement loses the session only when it was fatal or libpq gave the connection up",
        arguments: [
            ("ERROR", "42P01", "relation does not exist", true, PostgresError.Kind.statementFailed),
            ("ERROR", "57014", "canceling statement due to statement timeout", true, .statementFailed),
            ("ERROR", "42501", "permission denied for table t", true, .permissionDenied),
            ("ERROR", "08P01", "invalid command 'X', use SHOW HELP;", true, .statementFailed),
            ("ERROR", "08P01", "admin access needed", true, .permissionDenied),
            ("ERROR", "08001", "could not establish connection", true, .statementFailed),
            ("FATAL", "57P01", "terminating connection due to administrator command", true, .disconnected),
            ("FATAL", "57P05", "terminating connection due to idle-session timeout", true, .disconnected),
            ("FATAL", "25P03", "idle-in-transaction timeout", true, .disconnected),
            ("FATAL", "08P01", "query_wait_timeout", true, .disconnected),
            ("FATAL", "42501", "permission denied for database", true, .disconnected),
            ("FATAL", "53300", "too many connections for role", true, .tooManyConnections),
            ("PANIC", "XX000", "could not write", true, .disconnected),
            (nil, nil, "server closed the connection unexpectedly", false, .disconnected),
            (nil, nil, "number of parameters must be between 0 and 65535", true, .statementFailed),
        ] as [(String?, String?, String, Bool, PostgresError.Kind)])
    func statements(
        row: (severity: String?, state: String?, words: String, isConnected: Bool, kind: PostgresError.Kind)
    ) {
        let error = PostgresError.statement(
            severity: row.severity, sqlState: row.state.map(SQLState.init(rawValue:)), message: row.words,
            isConnected: row.isConnected)
        #expect(error.kind == row.kind)
        #expect(error.sqlState?.rawValue == row.state)
        #expect(error.isConnectionLost == (row.severity != "ERROR" && row.kind != .statementFailed))
    }

    @Test("an error says its SQLSTATE once and stays on one short line")
    func description() {
        let error = PostgresError(
            kind: .statementFailed, sqlState: .queryCanceled,
            message: "a\n\u{1B}b\t" + String(repeating: "c", count: 2_000))
        #expect(error.message.hasPrefix("a b ccc"))
        #expect(error.message.count == 1_000)
        #expect(error.description.hasSuffix("… (SQLSTATE 57014)"))
    }
}
