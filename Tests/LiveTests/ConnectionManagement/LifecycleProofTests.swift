import TestSupport
import Testing

/// A connection goes back, a transaction ends, the first error is told: in the examples, and on the server.
@Suite("Lifecycle, as docs/connection-management.md has it", .timeLimit(.minutes(20)))
struct LifecycleProofTests {
    private let python = ExampleLanguage.python

    @Test("Python: whether it works out or fails, nothing is left open", arguments: PostgresVersion.all)
    func python(version: PostgresVersion) async throws {
        try await ManagedShop.with(version: version) { shop in
            try await python.prove(
                "lifecycle", shop.app, shop.watcher,
                gives: [
                    "booked=2", "refused=48", "states=[('idle', 2)]", "balances=[('ann', 20), ('bob', 80)]", "lent=0",
                ])
        }
    }

    @Test("Python: a connection that is lost on the way does not hide the first error, and a swallowed one rolls back")
    func pythonErrors() async throws {
        try await ManagedShop.with { shop in
            try await python.prove("first_error", shop.app, shop.watcher, gives: ["error=NotEnough", "afterwards=100"])
            try await python.prove(
                "swallowed", shop.app, shop.watcher,
                gives: [
                    "error=DivisionByZero 22012", "balance=100",
                ])
            try await python.prove("put_back_open", shop.app, gives: ["balance=100", "inside=None"])
            try await python.prove("fail_fast", shop.app, shop.watcher, gives: ["third=PoolTimeout", "afterwards=100"])
        }
    }

    @Test("Python: the pool is warm from the start, and a sign of life that fails is told and not fatal")
    func pythonWarm() async throws {
        try await ManagedShop.with { shop in
            try await python.prove(
                "warm", shop.app, shop.watcher,
                gives: [
                    "minimum=2", "told=True", "lives=True", "balance=100", "words=keep-alive failed",
                ])
        }
    }

    @Test("a rollback after the commit is a warning")
    func rollbackAfterCommit() async throws {
        try await ManagedShop.with { shop in
            let outcome = try await runTool(
                "psql",
                [
                    "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", shop.app, "-c", "BEGIN", "-c",
                    "UPDATE account SET balance = 7", "-c", "COMMIT", "-c", "ROLLBACK",
                ])
            #expect(outcome.status == 0)
            #expect(outcome.error.contains("WARNING:  there is no transaction in progress"))
            #expect(try await shop.ask("SELECT DISTINCT balance FROM account") == "7")
        }
    }

    @Suite("in Node", .enabled(if: ExampleLanguage.hasNode, "there is no node"))
    struct NodeTests {
        private let node = ExampleLanguage.node

        @Test("whether it works out or fails, nothing is left open", arguments: PostgresVersion.all)
        func lifecycle(version: PostgresVersion) async throws {
            try await ManagedShop.with(version: version) { shop in
                try await node.prove(
                    "lifecycle", shop.appURL, shop.watcherURL,
                    gives: [
                        "booked=2", "refused=48", "states=idle 2", "idle=2", "total=2", "balances=20 80",
                    ])
            }
        }

        @Test("a connection that is lost on the way does not hide the first error, and a swallowed one is told")
        func errors() async throws {
            try await ManagedShop.with { shop in
                try await node.prove(
                    "firstError", shop.appURL, shop.watcherURL,
                    gives: [
                        "error=not enough", "left=0", "afterwards=1",
                    ])
                try await node.prove(
                    "swallowed", shop.appURL,
                    gives: [
                        "error=not committed: the server answered ROLLBACK", "sum=100",
                    ])
            }
        }

        @Test("without a minimum the last connection is closed, and the sign of life keeps one, whatever happens")
        func warm() async throws {
            try await ManagedShop.with { shop in
                try await node.prove(
                    "warm", shop.appURL, shop.watcherURL,
                    gives: [
                        "cold=0", "failed=true", "warm=true",
                    ])
            }
        }

        @Test("a connection that breaks ends the process, but for the listener, whether it is idle or lent")
        func lost() async throws {
            try await ManagedShop.with { shop in
                try await node.prove("lost", shop.appURL, shop.watcherURL, "idle", gives: ["goesOn=true"])
                for place in ["idle", "lent"] {
                    let outcome = try await node.attempt(
                        "lost", [shop.appURL, shop.watcherURL, "\(place) without a listener"])
                    #expect(outcome.status == 1)
                    #expect(outcome.error.contains("Unhandled 'error' event"))
                    #expect(outcome.output.isEmpty)
                }
            }
        }

        @Test("what is released within a transaction is lent to the next in it")
        func open() async throws {
            try await ManagedShop.with { shop in
                try await node.prove("open", shop.appURL, gives: ["balance=0", "inside=true"])
                #expect(try await shop.ask("SELECT sum(balance) FROM account") == "100")
            }
        }

        @Test("twenty calls of a function's instance share one session, and pass through the transaction pooler")
        func serverless() async throws {
            try await ManagedShop.with { shop in
                let shared = ["answers=20", "states=idle 1"]
                try await node.prove("serverless", shop.appURL, shop.watcherURL, gives: shared)
                try await eventually("its session has ended") {
                    try await shop.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0"
                }
                try await node.prove("serverless", shop.pooledURL, shop.watcherURL, gives: shared)
            }
        }
    }
}
