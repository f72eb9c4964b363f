import TestSupport
import Testing

extension ManagedShop {
    /// What `pg_stat_database` has counted in the shop. Our own look is at another database.
    func sessionsAndTransactions() async throws -> (sessions: Int, transactions: Int) {
        let row = try await server.execute(
            "SELECT sessions, xact_commit + xact_rollback FROM pg_stat_database WHERE datname = 'shop'")
        let numbers = row.split(separator: "|").map { Int($0) ?? -1 }
        return (numbers[0], numbers[1])
    }
}

/// Each anti-pattern of the document, run for real.
@Suite("Anti-patterns, as docs/connection-management.md has them", .timeLimit(.minutes(20)))
struct AntiPatternProofTests {
    private let python = ExampleLanguage.python

    @Test("a connection per request: as many sessions as transactions; with a pool hardly any")
    func perRequest() async throws {
        try await ManagedShop.with { shop in
            for (way, least, most) in [("wrong", 100, 110), ("right", 2, 10)] {
                let before = try await shop.sessionsAndTransactions()
                try await python.prove("requests", shop.app, way, gives: ["done=100"])
                let after = try await eventually("\(way): sessions and transactions are counted") {
                    try await shop.sessionsAndTransactions()
                } is: {
                    $0.transactions >= before.transactions + 100 && $0.sessions >= before.sessions + least
                }
                #expect(after.sessions - before.sessions <= most, "\(way)")
            }
        }
    }

    @Test(
        "a connection lost on an error path: idle sessions, an empty pool; given back, none",
        .enabled(if: ExampleLanguage.hasNode, "there is no node"))
    func leak() async throws {
        let node = ExampleLanguage.node
        try await ManagedShop.with { shop in
            try await node.prove(
                "leak", shop.appURL, shop.watcherURL, "wrong",
                gives: [
                    "states=idle 3", "lent=3", "next=timeout exceeded when trying to connect",
                ])
            try await eventually("its sessions have ended") {
                try await shop.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0"
            }
            try await node.prove(
                "leak", shop.appURL, shop.watcherURL, "right",
                gives: [
                    "states=", "lent=0", "next=100",
                ])
        }
    }

    @Test("session state over a transaction pooler: the next client has it")
    func sessionState() async throws {
        try await ManagedShop.with { shop in
            try await python.prove(
                "session_state", shop.pooled, "1",
                gives: [
                    "leaked=7s", "inside=9s", "afterwards=0", "locks=[True, True]", "lock_inside=True", "table=0",
                ])
            try await python.prove(
                "session_state", shop.sessions, "2",
                gives: [
                    "leaked=0", "inside=9s", "afterwards=0", "locks=[True, False]", "lock_inside=True",
                    "table=UndefinedTable 42P01",
                ])
        }
    }

    @Test("LISTEN hears nothing through a transaction pooler, and what it should hear goes to another client")
    func listen() async throws {
        try await ManagedShop.with { shop in
            try await python.prove(
                "listen", shop.pooled, shop.app,
                gives: [
                    "listener=[]", "bystander=['42']", "direct=['42']",
                ])
            try await python.prove(
                "listen", shop.sessions, shop.app,
                gives: [
                    "listener=['42']", "bystander=[]", "direct=['42']",
                ])
        }
    }

    @Test("psycopg's own prepared statements fail through PgBouncer 1.18 in transaction mode; unprepared ones do not")
    func prepared() async throws {
        let fine = "outcome=[1, 2, 3, 4, 5, 6, 7, 8]"
        try await ManagedShop.with { shop in
            try await python.prove("prepared", shop.pooled, "none", gives: [fine, fine])
            try await python.prove("prepared", shop.sessions, "default", gives: [fine, fine])
            try await python.prove(
                "prepared", shop.pooled, "default",
                gives: [
                    fine, "outcome=DuplicatePreparedStatement 42P05",
                ])
        }
    }

    @Test(
        "node-postgres prepares what has a name, which fails there in both ways",
        .enabled(if: ExampleLanguage.hasNode, "there is no node"))
    func preparedInNode() async throws {
        try await ManagedShop.with { shop in
            try await ExampleLanguage.node.prove(
                "prepared", shop.pooledURL, shop.watcherURL, shop.consoleURL,
                gives: [
                    "unnamed=2", "unnamed=2", "elsewhere=2", "balance=2", "balance=42P05", "elsewhere=26000",
                ])
        }
    }
}
