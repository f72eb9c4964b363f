import Observations

/// Whether each pool is as large as its load needs, and no larger than its server bears.
enum PoolSizeFitsLoad: Check {
    static let id = "pool-size"
    static let group = CheckGroup.pgbouncer
    static let title = "Pools are as large as their load needs"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .pools, .poolDatabases, .history]
    static let explanation = """
        A pool is too small when clients wait while all its connections are at work: it is a finding when they waited in \
        a fifth of the samples of the watch or more with as many busy as its size, critical when the longest wait came near \
        query_wait_timeout; not when most who hold a connection do nothing with it (waiting-while-idle). Where the load \
        was measured for 30 s or longer and over 100 transactions (`--watch 60s`; the agent goes by its last 5 to 10 \
        minutes), the remedy is what it needs for at most 5 % of it to wait, as poolscope size says; as the full pool \
        held the load back, that is the next step, and to be measured again. Otherwise, or where bursts and not the \
        load fill the pool, it adds the queue to the size. Neither goes beyond what the machine can use (cores × 2 + \
        spindles, where the configuration gives the server's cores, more where connections are not at work all the time \
        that they are held) nor beyond the slots that other pools leave; there, statements must become faster. A pool \
        is too large when it alone may take more than the server's usable slots, or has no limit at all. The evidence \
        says by what the size was judged (`judged_by`), and the measurement's length and confidence.
        """

    private static let waitingShare = 0.2

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let pools = try BouncerPools(bouncer).all
        let load = Result { () throws(MissingFact) in try MeasuredLoad(bouncer.load) }
        let room = ServerRoom(facts, load: try? load.get())
        let patience = try bouncer.config.get().number("query_wait_timeout") ?? 0
        // More connections do not help where those that there are do nothing: that is a check of its own.
        let holders = try? IdleHolders(bouncer)
        let findings = pools.flatMap { pool in
            let isHeld = holders.map { $0[pool].idle > 0 && $0[pool].share >= 0.5 } ?? false
            return [tooLarge(pool, room), isHeld ? nil : tooSmall(pool, room, load, patience: patience)].compactMap(
                \.self)
        }
        return .found(Array(findings.prefix(20)), orPassed: pools.isEmpty ? "no pools yet" : passed(pools, load))
    }

    private static func passed(_ pools: [BouncerPools.Pool], _ load: Result<MeasuredLoad, MissingFact>) -> String {
        let busiest = pools.compactMap { $0.history?.mostBusy }.max() ?? 0
        let use =
            "\(CheckText.count(pools.count, "pool")); at most \(CheckText.number(busiest)) connections of one were at work"
        switch load {
        case .success(let load):
            return "\(use); the load needs \(CheckText.number(load.need)) in all, \(load.origin)"
        case .failure: return use
        }
    }

    private static func tooLarge(_ pool: BouncerPools.Pool, _ room: ServerRoom) -> Finding? {
        guard let size = pool.size else {
            // Its database's own limit bounds it.
            if let limit = pool.database?.numbers["max_connections"], limit > 0 { return nil }
            return Finding(
                severity, subject: pool.name, "The pool \(CheckText.name(pool.name)) has no limit: its size is 0.",
                evidence: [Evidence("pool_size", 0)],
                remedy: Remedy("Give it one.").settingSize(of: pool, to: room.machine ?? 20))
        }
        guard let slots = room.slots, size > slots else { return nil }
        let wanted = room.machine ?? max(1, (slots / 2).rounded(.down))
        return Finding(
            severity, subject: pool.name,
            "The pool \(CheckText.name(pool.name)) alone may open \(CheckText.number(size)) connections; its server has "
                + "\(CheckText.number(slots)) usable slots.",
            evidence: [Evidence("pool_size", size), Evidence("usable_slots", slots)],
            remedy: Remedy("Make it smaller.").settingSize(of: pool, to: min(wanted, slots)))
    }

    private static func tooSmall(
        _ pool: BouncerPools.Pool, _ room: ServerRoom, _ load: Result<MeasuredLoad, MissingFact>, patience: Double
    ) -> Finding? {
        guard let size = pool.size, let history = pool.history, pool.waitingShare >= waitingShare,
            history.mostBusy >= size
        else { return nil }
        let basis = Basis(pool, size: size, history, room, load)
        let most = room.most(for: pool)
        let next = min(basis.wanted, most ?? basis.wanted)
        let isCritical = patience > 0 && history.longestWait >= patience * 0.8
        return Finding(
            isCritical ? .critical : severity, subject: pool.name,
            "Clients of the pool \(CheckText.name(pool.name)) waited in \(CheckText.percent(pool.waitingShare)) of the "
                + "samples, for up to \(CheckText.seconds(history.longestWait)), with all "
                + "\(CheckText.number(size)) connections busy. \(basis.sentence)",
            evidence: [
                Evidence("pool_size", size), Evidence("waiting_share", pool.waitingShare, .ratio),
                Evidence("most_waiting", history.mostWaiting), Evidence("longest_wait", history.longestWait, .seconds),
                Evidence("most_busy", history.mostBusy),
            ] + basis.evidence + room.evidence,
            remedy: next > size
                ? Remedy("Make it larger, \(basis.advice).").settingSize(of: pool, to: next)
                : Remedy(
                    "The server bears no more connections at work (\(CheckText.number(most ?? size))): make statements "
                        + "and transactions shorter, or the server larger. Look at the slowest and at those idle in "
                        + "transaction first."
                ).adding(.shell, "poolscope size --watch 5m"))
    }
}

/// By what a pool that is too small is to grow.
private struct Basis {
    let wanted: Double
    let sentence: String
    let advice: String
    let evidence: [Evidence]

    init(
        _ pool: BouncerPools.Pool, size: Double, _ history: PoolHistory, _ room: ServerRoom,
        _ load: Result<MeasuredLoad, MissingFact>
    ) {
        let withQueue = size + history.mostWaiting
        let see = "and see whether the server keeps up; poolscope size measures what is enough"
        switch load {
        case .failure(let missing):
            wanted = withQueue
            sentence = "The size is judged by the queue: \(missing.reason)."
            advice = see
            evidence = [Evidence("judged_by", text: "queue")]
        case .success(let load):
            let need = load.need(of: PoolKey(database: pool.row.database, user: pool.row.user)) ?? 0
            let numbers = [Evidence("load_needs", need)] + load.evidence
            guard need > size else {
                wanted = withQueue
                sentence =
                    "The load needs \(CheckText.number(need)) on average (\(load.sentence), \(load.origin)): it comes in "
                    + "bursts, and the size is judged by the queue."
                advice = see
                evidence = [Evidence("judged_by", text: "queue")] + numbers
                return
            }
            // How much of the queue the server could work on at once is known of a known machine only.
            wanted = room.machine == nil ? need : max(need, withQueue)
            sentence =
                "The load needs at least \(CheckText.number(need)) for at most "
                + "\(CheckText.percent(MeasuredLoad.waitProbability)) of it to wait: \(load.sentence), \(load.origin)."
            advice = "and check again: how much clients would do with more cannot be seen while the pool is full"
            evidence = [Evidence("judged_by", text: "measured load")] + numbers
        }
    }
}

/// How many connections the servers behind a pooler bear: the smallest of them, for which pool leads where is not seen.
private struct ServerRoom {
    let slots: Double?
    private let formula: Double?
    /// What the smallest machine can use; nil where cores are not known.
    let machine: Double?
    /// What all pools of all poolers may open; nil where it is not known, or which server it concerns is not.
    private let demand: Double?

    init(_ facts: CheckFacts, load: MeasuredLoad?) {
        slots = facts.servers.values.compactMap { try? $0.usableSlots() }.min()
        let formulas = facts.servers.values.compactMap { server in
            server.cores.flatMap { try? SizingFormula(cores: $0, spindles: server.spindles) }
        }
        let smallest = formulas.min { $0.connections < $1.connections }
        formula = smallest.map { Double($0.connections) }
        machine = smallest.map { load?.ceiling($0) ?? Double($0.connections) }
        let own = facts.bouncer.value.map { [facts.target.name: $0] } ?? [:]
        demand =
            facts.servers.count == 1 ? try? PoolDemand(facts.poolers.merging(own) { $1 }).connections : nil
    }

    /// The most connections that a pool may be given: nine tenths of the slots without what others may take, and what the
    /// machine can use.
    func most(for pool: BouncerPools.Pool) -> Double? {
        let others = demand.map { max(0, $0 - (pool.sizeWithReserve ?? 0)) } ?? 0
        return [slots.map { max(0, ($0 * 0.9).rounded(.down) - others) }, machine].compactMap(\.self).min()
    }

    var evidence: [Evidence] {
        [
            slots.map { Evidence("usable_slots", $0) }, formula.map { Evidence("formula", $0) },
            machine.map { Evidence("ceiling", $0) }, demand.map { Evidence("pool_connections_possible", $0) },
        ].compactMap(\.self)
    }
}
