import Observations
import Sessions
import Testing

@Suite("Steps of a drain")
struct DrainRoundTests {
    private static let times = {
        var times = DrainTimes()
        times.patience = .seconds(30)
        times.grace = .seconds(10)
        return times
    }()

    private func round(
        _ rows: [SessionRow], at elapsed: Duration, signals: DrainRound.Signals = .init()
    ) -> DrainRound {
        DrainRound(
            SessionListing(sampledAt: now, rows: rows), database: "shop", elapsed: elapsed, times: Self.times,
            signals: signals, permissions: ActionPermissions())
    }

    private func steps(_ round: DrainRound) -> [String] {
        round.requests.sorted { $0.row.pid < $1.row.pid }.map { "\($0.action) \($0.row.pid) \($0.condition)" }
    }

    private let rows = [
        session(1, .idle), session(2, .active), session(3, .idleInTransaction), session(4, .idle, database: "other"),
        session(5, .idle, isSuperuser: true), session(6, type: "walsender"),
    ]

    @Test("idle sessions go at once, statements are cancelled after the patience, the rest is ended after the grace")
    func phases() {
        #expect(steps(round(rows, at: .zero)) == ["terminate 1 state"])
        #expect(steps(round(rows, at: .seconds(30))) == ["terminate 1 state", "cancel 2 statement"])
        #expect(
            steps(round(rows, at: .seconds(40)))
                == ["terminate 1 session", "terminate 2 session", "terminate 3 session"])
    }

    @Test("other databases are no matter; superusers and walsenders are left alone, and told")
    func spared() {
        let round = round(rows, at: .seconds(40))
        #expect(round.left.map(\.pid).sorted() == [1, 2, 3])
        #expect(round.spared.map(\.row.pid).sorted() == [5, 6])
    }

    @Test("nothing is signalled twice; a later statement of the same session is a new one")
    func once() {
        var signals = DrainRound.Signals()
        for request in round(rows, at: .seconds(30)).requests { signals.note(request, .done) }
        #expect(steps(round(rows, at: .seconds(31), signals: signals)) == [])
        let later = [session(2, .active, age: 0.5)]
        #expect(steps(round(later, at: .seconds(31), signals: signals)) == ["cancel 2 statement"])
        for request in round(rows, at: .seconds(40), signals: signals).requests { signals.note(request, .done) }
        #expect(steps(round(rows, at: .seconds(41), signals: signals)) == [])
    }

    @Test("one that moved on is tried again; one that is denied is not")
    func outcomes() throws {
        let request = try #require(round(rows, at: .zero).requests.first)
        var signals = DrainRound.Signals()
        signals.note(request, .changed)
        #expect(steps(round(rows, at: .zero, signals: signals)) == ["terminate 1 state"])
        signals.note(request, .insufficientPrivilege(advice: ""))
        #expect(steps(round(rows, at: .zero, signals: signals)) == [])
    }
}

@Suite("The limit of a drained database")
struct DrainedDatabaseTests {
    private let memory = "poolscope.connection_limit_before_drain"

    @Test("the limit before is remembered, and comes back exactly")
    func remembers() {
        let shop = DrainedDatabase(name: "Sh\"op", limit: 25)
        #expect(
            shop.rejection(remembering: true) == [
                "ALTER DATABASE \"Sh\"\"op\" SET \(memory) = '25'", "ALTER DATABASE \"Sh\"\"op\" CONNECTION LIMIT 0",
            ])
        #expect(shop.rejection(remembering: false) == ["ALTER DATABASE \"Sh\"\"op\" CONNECTION LIMIT 0"])
        let drained = DrainedDatabase(name: "shop", limit: 0, rememberedLimit: -1)
        #expect(drained.limitToRestore == -1)
        #expect(
            drained.restoration(to: -1) == [
                "ALTER DATABASE \"shop\" CONNECTION LIMIT -1", "ALTER DATABASE \"shop\" RESET \(memory)",
            ])
    }

    @Test("a drain during a drain keeps the first limit; a limit that somebody set since is not overridden")
    func twice() {
        let drained = DrainedDatabase(name: "shop", limit: 0, rememberedLimit: 25)
        #expect(drained.rejection(remembering: true) == ["ALTER DATABASE \"shop\" CONNECTION LIMIT 0"])
        let reopened = DrainedDatabase(name: "shop", limit: 50, rememberedLimit: 25)
        #expect(reopened.limitToRestore == 50)
        #expect(reopened.rejection(remembering: true).first == "ALTER DATABASE \"shop\" SET \(memory) = '50'")
    }

    @Test("not over a connection to the database itself, and not where its removal was interrupted")
    func problems() {
        #expect(
            DrainedDatabase(name: "shop", limit: -1, isCurrent: true).connectionProblem?.contains("dbname=postgres")
                == true)
        #expect(DrainedDatabase(name: "shop", limit: -2).problem?.contains("DROP DATABASE shop") == true)
        #expect(DrainedDatabase(name: "shop", limit: -1).problem == nil)
    }

    @Test("the report says what stays")
    func report() {
        var report = DrainReport()
        report.terminated = 1
        #expect(report.isEmpty)
        #expect(
            report.lines(database: "shop") == [
                "shop: 1 session terminated, 0 statements cancelled; new sessions are rejected",
                "nothing is left in it",
            ])
        report.left = [(session(1), "was not touched")]
        report.spared =
            SessionSelection(
                .terminate, from: listing(session(2, isSuperuser: true)), by: SessionFilter(),
                permissions: ActionPermissions()
            ).spared
        report.preparedTransactions = ["left (app, 00:10:00)"]
        report.slots = ["standby (in use)"]
        #expect(!report.isEmpty)
        #expect(report.lines(database: "shop").count == 5)
    }
}

@Suite("Advice")
struct AdviceTests {
    @Test("names are quoted where they must be")
    func names() {
        #expect(SQLName.quoted("app_1") == "app_1")
        #expect(SQLName.quoted("App") == "\"App\"")
        #expect(SQLName.quoted("1a") == "\"1a\"")
        #expect(SQLName.quoted("a\"b") == "\"a\"\"b\"")
        #expect(SQLName.quoted("") == "\"\"")
    }

    @Test("what to grant, and that nothing can be granted against superusers")
    func privileges() {
        #expect(
            PrivilegeAdvice.sentence(toEnd: session(1), as: "ops")
                == "GRANT pg_signal_backend TO ops, or GRANT app TO ops")
        #expect(!PrivilegeAdvice.sentence(toEnd: session(1, isSuperuser: true), as: "ops").contains("GRANT"))
    }
}
