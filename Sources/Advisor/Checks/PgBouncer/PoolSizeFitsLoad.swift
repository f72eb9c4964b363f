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
        query_wait_timeout; not when most who hold a connection do nothing with it (waiting-while-idle). The remedy adds the queue to the size, as far as the server's slots and the formula (cores × 2 + \
        spindles, where the configuration gives the server's cores) allow; where they do not, the statements must become \
        faster. A pool is too large when it alone may take more than the server's usable slots, or has no limit at all.
        """

    private static let waitingShare = 0.2

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let pools = try BouncerPools(bouncer).all
        let room = ServerRoom(facts.servers)
        let patience = try bouncer.config.get().number("query_wait_timeout") ?? 0
        // More connections do not help where those that there are do nothing: that is a check of its own.
        let holders = try? IdleHolders(bouncer)
        let findings = pools.flatMap { pool in
            let isHeld = holders.map { $0[pool].idle > 0 && $0[pool].share >= 0.5 } ?? false
            return [tooLarge(pool, room), isHeld ? nil : tooSmall(pool, room, patience: patience)].compactMap(\.self)
        }
        let busiest = pools.compactMap { $0.history?.mostBusy }.max() ?? 0
        return .found(
            Array(findings.prefix(20)),
            orPassed: pools.isEmpty
                ? "no pools yet"
                : "\(CheckText.count(pools.count, "pool")); at most \(CheckText.number(busiest)) connections of one "
                    + "were at work")
    }

    private static func tooLarge(_ pool: BouncerPools.Pool, _ room: ServerRoom) -> Finding? {
        guard let size = pool.size else {
            // Its database's own limit bounds it.
            if let limit = pool.database?.numbers["max_connections"], limit > 0 { return nil }
            return Finding(
                severity, subject: pool.name, "The pool \(CheckText.name(pool.name)) has no limit: its size is 0.",
                evidence: [Evidence("pool_size", 0)],
                remedy: Remedy("Give it one.").settingSize(of: pool, to: room.formula ?? 20))
        }
        guard let slots = room.slots, size > slots else { return nil }
        let wanted = room.formula ?? max(1, (slots / 2).rounded(.down))
        return Finding(
            severity, subject: pool.name,
            "The pool \(CheckText.name(pool.name)) alone may open \(CheckText.number(size)) connections; its server has "
                + "\(CheckText.number(slots)) usable slots.",
            evidence: [Evidence("pool_size", size), Evidence("usable_slots", slots)],
            remedy: Remedy("Make it smaller.").settingSize(of: pool, to: min(wanted, slots)))
    }

    private static func tooSmall(_ pool: BouncerPools.Pool, _ room: ServerRoom, patience: Double) -> Finding? {
        guard let size = pool.size, let history = pool.history, pool.waitingShare >= waitingShare,
            history.mostBusy >= size
        else { return nil }
        let wanted = size + history.mostWaiting
        let most = [room.slots.map { ($0 * 0.9).rounded(.down) }, room.formula].compactMap(\.self).min()
        let next = min(wanted, most ?? wanted)
        let isCritical = patience > 0 && history.longestWait >= patience * 0.8
        return Finding(
            isCritical ? .critical : severity, subject: pool.name,
            "Clients of the pool \(CheckText.name(pool.name)) waited in \(CheckText.percent(pool.waitingShare)) of the "
                + "samples, for up to \(CheckText.seconds(history.longestWait)), with all "
                + "\(CheckText.number(size)) connections busy.",
            evidence: [
                Evidence("pool_size", size), Evidence("waiting_share", pool.waitingShare, .ratio),
                Evidence("most_waiting", history.mostWaiting), Evidence("longest_wait", history.longestWait, .seconds),
                Evidence("most_busy", history.mostBusy),
            ] + room.evidence,
            remedy: next > size
                ? Remedy("Make it larger, and see whether the server keeps up; poolscope size measures what is enough.")
                    .settingSize(of: pool, to: next)
                : Remedy(
                    "The server bears no more connections at work (\(CheckText.number(most ?? size))): make statements "
                        + "and transactions shorter, or the server larger. Look at the slowest and at those idle in "
                        + "transaction first."
                ).adding(.shell, "poolscope size --watch 5m"))
    }
}

/// How many connections the servers behind a pooler bear: the smallest of them, for which pool leads where is not seen.
private struct ServerRoom {
    let slots: Double?
    let formula: Double?

    init(_ servers: [String: ServerFacts]) {
        slots = servers.values.compactMap { try? $0.usableSlots() }.min()
        formula = servers.values.compactMap { server in server.cores.map { Double($0 * 2 + (server.spindles ?? 1)) } }
            .min()
    }

    var evidence: [Evidence] {
        [slots.map { Evidence("usable_slots", $0) }, formula.map { Evidence("formula", $0) }].compactMap(\.self)
    }
}
