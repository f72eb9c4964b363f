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
        warning when more than twice as many sessions were at work in the last look. It is a remark when the pools of \
        the watched poolers may open more than three times what the machine can use and the load needs. Both are \
        measured as poolscope size does, by the poolers' counters: connections that are held but not at work allow for \
        more than the formula says, and Erlang's formula says how many the load needs for at most 5 % of it to wait. \
        That takes 30 s of watching and 100 transactions (`--watch 60s`; the agent goes by its last 5 to 10 minutes), \
        and a confidence above low, as it is not while clients wait; otherwise the formula alone decides. The evidence \
        says which it was (`judged_by`), and the measurement's length and confidence. Pools that are too small are \
        found by pool-size, and more connections than slots by pool-size-fits-slots.
        """

    /// How many times what the machine can use, at work and open at most.
    private static let tooMuchWork = 2.0
    private static let tooManyOpen = 3.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let survey = try facts.server.get().sessions.get()
        let use = try ServerUse(facts)
        let active = survey.count(\.active)
        // Which pool leads to which of several servers cannot be seen.
        let demand = facts.poolers.isEmpty || !facts.servers.isEmpty ? nil : try? PoolDemand(facts.poolers)
        var evidence = use.evidence + [Evidence("active_sessions", active)]
        if let demand { evidence.append(Evidence("pool_connections_possible", demand.connections)) }
        let formula = Double(use.formula.connections)
        if Double(active) > formula * tooMuchWork {
            return .found([
                Finding(
                    .warning,
                    "\(active) sessions are at work at once on \(CheckText.count(use.formula.cores, "core")); about "
                        + "\(CheckText.number(formula)) is what the machine does well.",
                    evidence: evidence, remedy: remedy(use, facts))
            ])
        }
        if let demand, demand.connections > max(use.ceiling, use.need ?? 0) * tooManyOpen {
            let open = CheckText.number(demand.connections)
            return .found([
                Finding(
                    severity, "The pools may open \(open) connections; \(use.machine), and \(use.load).",
                    evidence: evidence, remedy: remedy(use, facts))
            ])
        }
        let open = demand.map { ", the pools may open \(CheckText.number($0.connections))" } ?? ""
        return .passed("\(CheckText.count(active, "session")) at work\(open); \(use.machine), and \(use.load)")
    }

    private static func remedy(_ use: ServerUse, _ facts: CheckFacts) -> Remedy {
        let poolers = facts.poolers.sorted { $0.key < $1.key }.compactMap { name, bouncer in
            (try? BouncerPools(bouncer).all).map { (name: name, pools: $0) }
        }
        let count = (poolers: poolers.count, pools: poolers.reduce(0) { $0 + $1.pools.count })
        let slots = try? facts.server.get().usableSlots()
        var remedy = Remedy(
            use.isMeasured
                ? "Give the pools what the load needs, and let the rest wait in PgBouncer."
                : "Divide about \(use.formula.connections) over the pools, and let the rest wait in PgBouncer.")
        var isSet = false
        for (name, pools) in poolers {
            let sizes = use.sizes(of: pools, pooler: name, of: count, slots: slots)
            let smaller = zip(pools, sizes).filter { pool, size in pool.size.map { $0 > size } ?? true }
            guard !smaller.isEmpty else { continue }
            remedy = remedy.settingSizes(smaller, of: poolers.count > 1 ? name : nil)
            isSet = true
        }
        if poolers.isEmpty || !isSet {
            remedy = remedy.adding(.ini, "default_pool_size = \(CheckText.number(use.ceiling))")
        }
        return use.isMeasured ? remedy : remedy.adding(.shell, "poolscope size --watch 5m")
    }
}
