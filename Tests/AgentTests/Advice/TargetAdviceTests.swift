import Advisor
import Collectors
import Exposition
import Observations
import TestSupport
import Testing

@testable import Agent

/// A target's pipeline at chosen times, fed with what a server or a pooler answered.
private struct Advised {
    private(set) var pipeline: TargetPipeline
    private let board: ClusterBoard
    private let profile: TargetProfile

    init(
        _ name: String = "db1", _ kind: TargetKind = .postgres, board: ClusterBoard = ClusterBoard(),
        snoozes: [CheckSnooze] = [], scrapes: ScrapeLog? = nil
    ) {
        var rules = AdviceRules()
        rules.scrapes = scrapes
        rules.snoozes = snoozes
        self.board = board
        profile = TargetProfile(name: name, kind: kind, cluster: "shop", cores: 2)
        pipeline = TargetPipeline(profile: profile, interval: .seconds(1), board: board, advice: rules)
        pipeline.apply(.opened(version: "16.4"), at: 1_000)
    }

    mutating func tick(at time: Double, _ answers: [(any Source.Type, any ResultTable)]) {
        pipeline.apply(.tickBegan, at: time)
        for (source, table) in answers {
            pipeline.apply(
                .answered(SourceAnswer(source: source, duration: .milliseconds(1), result: .success(table))), at: time)
        }
        pipeline.apply(.tickEnded(.up, seconds: 0.001), at: time)
    }

    mutating func miss(at time: Double, _ state: TargetState = .refused) {
        pipeline.apply(.lost, at: time)
        pipeline.apply(.tickEnded(state, seconds: 0.001), at: time)
    }

    mutating func value(_ family: String, _ labels: [String: String]) throws -> Double? {
        let text = String(decoding: TextEncoder.encode(Snapshot.merging([pipeline.snapshot()])), as: UTF8.self)
        return try MetricsText(parsing: text).series(family, labels)
    }

    mutating func passed(_ check: String) throws -> Double? { try value("poolscope_check_passed", ["check": check]) }

    mutating func findings(_ check: String, _ severity: String) throws -> Double? {
        try value("poolscope_check_findings", ["check": check, "severity": severity])
    }
}

@Suite("The agent's own checks")
struct TargetAdviceTests {
    private static let fixture = PostgresFixture.all[6]
    private static let server: [(any Source.Type, any ResultTable)] = [
        (ActivitySource.self, fixture.activity), (DatabasesSource.self, fixture.databases),
    ]

    @Test("the first evaluation is after half a minute, then every minute")
    func rhythm() throws {
        var advised = Advised()
        advised.tick(at: 1_000, Self.server)
        advised.tick(at: 1_029, Self.server)
        #expect(try advised.passed("target-reachable") == nil)
        advised.tick(at: 1_030, Self.server)
        #expect(try advised.passed("target-reachable") == 1)
        #expect(try advised.findings("target-reachable", "critical") == 0)
        // Counters that did not move: nothing is wrong, and it is known.
        #expect(try advised.passed("connection-per-request") == 1)
        // What sampling does not read is absent.
        #expect(try advised.passed("monitored") == nil)
        #expect(try advised.passed("reserved-slots") == nil)
    }

    @Test("who asks this agent for metrics is a fact, also of a target that cannot be read")
    func monitored() throws {
        let scrapes = ScrapeLog(startedAt: 1_000)
        var advised = Advised(scrapes: scrapes)
        for time in [1_000.0, 1_030] { advised.tick(at: time, Self.server) }
        #expect(try advised.passed("monitored") == nil, "it is too early to tell")
        for time in [1_040.0, 1_055] { scrapes.note(at: time) }
        advised.tick(at: 1_090, Self.server)
        #expect(try advised.passed("monitored") == 1)
        advised.miss(at: 1_600)
        #expect(try advised.findings("monitored", "warning") == 1)
    }

    @Test("a target that goes away has no old results, and is found away at the next evaluation")
    func outage() throws {
        var advised = Advised()
        for time in [1_000.0, 1_030] { advised.tick(at: time, Self.server) }
        #expect(try advised.passed("target-reachable") == 1)
        advised.miss(at: 1_031)
        #expect(try advised.passed("target-reachable") == nil)
        advised.miss(at: 1_090)
        #expect(try advised.passed("target-reachable") == 0)
        #expect(try advised.findings("target-reachable", "critical") == 1)
        #expect(try advised.passed("connection-per-request") == nil)
        advised.tick(at: 1_091, Self.server)
        advised.tick(at: 1_150, Self.server)
        #expect(try advised.passed("target-reachable") == 1)
    }

    @Test("what is snoozed counts as passed until its day is over")
    func snoozed() throws {
        let until = try #require(CalendarDay("1970-01-01"))
        var advised = Advised(snoozes: [.init(check: "target-reachable", until: until, reason: "moved")])
        for time in [1_000.0, 1_031] { advised.miss(at: time) }
        #expect(try advised.passed("target-reachable") == 1)
        #expect(try advised.findings("target-reachable", "critical") == 0)
        advised.miss(at: 86_400)
        #expect(try advised.passed("target-reachable") == 0)
    }

    @Test("a server knows its poolers' facts, and a pooler its server's, from the cluster's board")
    func neighbours() throws {
        let board = ClusterBoard()
        var server = Advised(board: board)
        var pooler = Advised("pooler", .pgbouncer, board: board)
        let fixture = BouncerFixture(version: "1.24")
        let console: [(any Source.Type, any ResultTable)] = [
            (BouncerPoolsSource.self, fixture.pools), (BouncerDatabasesSource.self, fixture.databases),
            (BouncerTotalsSource.self, fixture.totals), (BouncerClientsSource.self, fixture.clients),
            (BouncerServersSource.self, fixture.servers), (BouncerUsersSource.self, fixture.users),
        ]
        for time in [1_000.0, 1_010, 1_030] {
            pooler.tick(at: time, console)
            server.tick(at: time, Self.server)
        }
        let profile = TargetProfile(name: "db1", kind: .postgres, cluster: "shop")
        let told = board.advice.neighbours(of: profile, at: 1_030)
        guard case .bouncer(let facts) = try #require(told["pooler"]) else {
            Issue.record("the pooler is no pooler")
            return
        }
        #expect(facts.clients.value?.count == 2)
        #expect(facts.history.value?.pools.first { $0.database == "app" }?.samplesWaitingWhileIdle == 3)
        // What it said long ago is not true any more, and other clusters hear nothing.
        #expect(board.advice.neighbours(of: profile, at: 1_030 + AdviceBoard.validity + 1).isEmpty)
        let stranger = TargetProfile(name: "db9", kind: .postgres, cluster: "other")
        #expect(board.advice.neighbours(of: stranger, at: 1_030).isEmpty)
        // Two clients of pools in transaction mode, none of them a migration.
        #expect(try pooler.passed("migrations-session-pooler") == 1)
    }
}
