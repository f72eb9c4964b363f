import Testing

@testable import Postgres

@Suite("which limit a refusal tells of")
struct FullLimitTests {
    private static let prefix = "connection to server at \"db1\" (10.0.0.1), port 5432 failed: FATAL:  "

    @Test(
        "by the routine that reports it in any language, else by the words",
        arguments: [
            ("53300: sorry, too many clients already", "ProcessStartupPacket, postmaster.c:2349", .server),
            ("53300: sorry, too many clients already", nil, .server),
            ("53300: remaining connection slots are reserved for roles with the SUPERUSER attribute", nil, .server),
            ("53300: извините, уже слишком много клиентов", "InitProcess, proc.c:351", .server),
            (
                "53300: too many connections for role \"web\"", "InitializeSessionUserId, miscinit.c:810",
                .role("web")
            ),
            ("53300: too many connections for role \"web\"", nil, .role("web")),
            (
                "53300: слишком много подключений для роли \"web\"", "InitializeSessionUserId, miscinit.c:810",
                .role("web")
            ),
            ("53300: zu viele Verbindungen von Rolle »web«", "InitializeSessionUserId, miscinit.c:810", .role(nil)),
            (
                "53300: too many connections for database \"too many connections for role\"",
                "CheckMyDatabase, postinit.c:391", .database("too many connections for role")
            ),
            ("53300: too many connections for database \"shop\"", nil, .database("shop")),
            ("08P01: no more connections allowed (max_client_conn)", nil, .clientSlots),
            ("08P01: client connections exceeded (max_user_client_connections)", nil, .userClients),
            ("08P01: client connections exceeded (max_db_client_connections)", nil, .databaseClients),
        ] as [(String, String?, PostgresError.FullLimit)])
    func connecting(words: String, location: String?, limit: PostgresError.FullLimit) {
        let lines = Self.prefix + words + "\n" + (location.map { "LOCATION:  \($0)\n" } ?? "")
        let error = PostgresError.connecting(lines, secrets: [])
        #expect(error.kind == .tooManyConnections)
        #expect(error.fullLimit == limit)
    }

    @Test("a session that ends for lack of a connection behind a pooler tells the limit, other errors tell none")
    func statements() {
        func limit(_ state: String, _ words: String) -> PostgresError.FullLimit? {
            PostgresError.statement(
                severity: "FATAL", sqlState: SQLState(rawValue: state), message: words, isConnected: true
            ).fullLimit
        }
        #expect(limit("53300", "too many connections for role \"web\"") == .role("web"))
        #expect(limit("53300", "sorry, too many clients already") == .server)
        #expect(limit("57P01", "terminating connection due to administrator command") == nil)
    }

    @Test("of several hosts the limit is that of the one that decides")
    func hosts() {
        let words = """
            \(Self.prefix)57P03: the database system is starting up
            LOCATION:  ProcessStartupPacket, postmaster.c:2339
            \(Self.prefix)53300: too many connections for database "shop"
            LOCATION:  CheckMyDatabase, postinit.c:391
            """
        #expect(PostgresError.connecting(words, secrets: []).fullLimit == .database("shop"))
    }
}
