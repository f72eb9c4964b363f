import Observations

/// Whether no more work reaches the server at once than its machine can do.
enum PoolSizeFitsMachine: Check {
    static let id = "pool-size-fits-machine"
    static let group = CheckGroup.checklist
    static let title = "The pools' size matches the machine"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.sessions, .cores]
    static let explanation = """
        A server is fastest with about cores × 2 + effective spindles connections at work (an SSD counts as 1); with \
        more, statements wait for each other inside it instead of in the pool, where waiting is cheap and seen. It is a \
        finding when the pools of the watched poolers may open more than three times as many, a warning when more than \
        twice as many sessions were at work in the last look. poolscope size measures what the load needs.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let survey = try facts.server.get().sessions.get()
        guard let cores = facts.target.cores else { throw MissingFact("the number of cores is not known") }
        let formula = Double(cores * 2 + (facts.target.spindles ?? 1))
        let active = survey.count(\.active)
        let demand = facts.poolers.isEmpty ? nil : try? PoolDemand(facts.poolers)
        var evidence = [
            Evidence("cores", cores), Evidence("spindles", facts.target.spindles ?? 1), Evidence("formula", formula),
            Evidence("active_sessions", active),
        ]
        if let demand { evidence.append(Evidence("pool_connections_possible", demand.connections)) }
        if Double(active) > formula * 2 {
            return .found([
                Finding(
                    .warning,
                    "\(active) sessions are at work at once on \(CheckText.count(cores, "core")); about "
                        + "\(CheckText.number(formula)) is what the machine does well.",
                    evidence: evidence, remedy: remedy(formula))
            ])
        }
        if let demand, facts.servers.isEmpty, demand.connections > formula * 3 {
            return .found([
                Finding(
                    severity,
                    "The pools may open \(CheckText.number(demand.connections)) connections; the formula for this "
                        + "machine says \(CheckText.number(formula)).",
                    evidence: evidence, remedy: remedy(formula))
            ])
        }
        return .passed(
            "\(CheckText.count(active, "session")) at work; the formula for this machine says "
                + "\(CheckText.number(formula))")
    }

    private static func remedy(_ formula: Double) -> Remedy {
        Remedy("Divide about so many over the pools, and let the rest wait in PgBouncer.")
            .adding(.ini, "default_pool_size = \(CheckText.number(formula))")
            .adding(.shell, "poolscope size --watch 5m")
    }
}
