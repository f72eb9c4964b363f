import Advisor
import Collectors
import Exposition
import Observations

/// The checks of one target within its pipeline: facts from tick to tick, an evaluation every minute, and its families.
/// It asks nothing of the target that is not read anyway; a check that needs more is absent.
struct TargetAdvice {
    private let profile: TargetProfile
    private let rules: AdviceRules
    private let board: AdviceBoard
    private var gatherer: FactsGatherer
    private var observedAt = -Double.infinity
    private var dueAt: Double?
    private var results: [CheckResult] = []
    /// Whether the results are of a target that could not be read.
    private var areOfOutage = false

    init(profile: TargetProfile, rules: AdviceRules, board: AdviceBoard) {
        self.profile = profile
        self.rules = rules
        self.board = board
        gatherer = FactsGatherer(profile.kind, isEndless: rules.isEndless)
    }

    /// Takes in the end of a tick at which the target was read.
    /// - Parameters:
    ///   - asked: Sources that have been asked in this session.
    ///   - leaks: nil while they are not known.
    mutating func observe(_ facts: Facts, asked: Set<String>, leaks: () -> [LeakedConnections]?, at time: Double) {
        gatherer.observe(facts, at: time)
        let isDue = isDue(at: time)
        guard isDue || time - observedAt >= rules.pause || time < observedAt else { return }
        let neighbours = board.neighbours(of: profile, at: time)
        if let sample = facts.fresh(ActivitySource.self) {
            gatherer.observe(sample, poolers: Self.poolers(among: neighbours))
        } else if profile.kind == .postgres, !isDue {
            // Between two samples: the next will do.
            return
        }
        observedAt = time
        let subject: GatheredFacts.Subject =
            switch profile.kind {
            case .postgres: .server(server(facts, leaks: leaks()))
            case .pgbouncer: .bouncer(gatherer.bouncer(facts))
            }
        let gathered = GatheredFacts(
            subject: subject, time: time, watchedSeconds: gatherer.watchedSeconds,
            countedSeconds: gatherer.countedSeconds, asked: asked)
        board.publish(gathered, of: profile)
        guard isDue else { return }
        evaluate(CheckFacts(target: target(.up), gathered: gathered, neighbours: neighbours), at: time)
        gatherer.turn()
    }

    private func server(_ facts: Facts, leaks: [LeakedConnections]?) -> ServerFacts {
        var server = gatherer.server(facts, leaks: leaks)
        (server.cores, server.spindles) = (profile.cores, profile.spindles)
        return server
    }

    /// Takes in a tick at which the target could not be read.
    mutating func miss(_ state: TargetState, refusal: Refusal?, at time: Double) {
        gatherer = FactsGatherer(profile.kind, isEndless: rules.isEndless)
        board.publish(nil, of: profile)
        guard isDue(at: time), state != .connecting else { return }
        var target = target(state)
        target.refusal = refusal
        evaluate(CheckFacts(target: target), at: time)
    }

    private mutating func isDue(at time: Double) -> Bool {
        guard let first = rules.first else { return false }
        let due = dueAt ?? time + first
        dueAt = due
        // A wall clock that was set back must not end the checks.
        return time >= due || due - time > max(first, rules.period)
    }

    private mutating func evaluate(_ facts: CheckFacts, at time: Double) {
        var facts = facts
        if let scrapes = rules.scrapes { facts.monitoring = scrapes.facts(at: time) }
        results = Checks.run(facts, snoozes: rules.snoozes, at: time)
        areOfOutage = facts.target.state != .up
        dueAt = time + rules.period
    }

    private func target(_ state: TargetState) -> CheckedTarget {
        CheckedTarget(profile, state: state, memoryBytes: rules.memoryBytes)
    }

    private static func poolers(among neighbours: [String: GatheredFacts.Subject]) -> PoolerConnections {
        PoolerConnections(
            neighbours.sorted { $0.key < $1.key }.flatMap { _, neighbour -> [PgBouncerServer] in
                if case .bouncer(let facts) = neighbour { facts.servers.value ?? [] } else { [] }
            })
    }

    func emit(into builder: inout SnapshotBuilder) {
        for result in results {
            let id = result.check.id
            let passed: Double
            switch result.outcome {
            case .passed: passed = 1
            case .found: passed = result.findings.isEmpty ? 1 : 0
            case .notApplicable, .unknown: continue
            }
            builder.add(AdviceFamilies.passed, ["check": id], passed, evenWhenDown: areOfOutage)
            var counts: [CheckSeverity: Double] = [result.check.severity: 0]
            for finding in result.findings { counts[finding.severity, default: 0] += 1 }
            for (severity, count) in counts {
                builder.add(
                    AdviceFamilies.findings, ["check": id, "severity": severity.rawValue], count,
                    evenWhenDown: areOfOutage)
            }
        }
    }
}

extension CheckedTarget {
    init(_ profile: TargetProfile, state: TargetState, memoryBytes: Double?) {
        self.init(name: profile.name, kind: profile.kind, cluster: profile.cluster, state: state)
        (cores, spindles) = (profile.cores, profile.spindles)
        self.memoryBytes = memoryBytes
    }
}
