import Observations

/// Whether a server connection goes back to its pool when a client does not need it.
enum PoolModeFitsClients: Check {
    static let id = "pool-mode"
    static let group = CheckGroup.pgbouncer
    static let title = "The pool mode fits what clients do"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.pools, .poolDatabases, .config, .clients, .servers]
    static let explanation = """
        In session mode a client keeps its server connection for as long as it stays, whether it works or not: clients of \
        the web, which mostly wait for people, then need as many connections as without a pooler. It is a finding when a pool \
        in session mode has at least 8 clients that hold a connection and more than half of them have asked nothing for \
        5 s or more; a remark while the pool still has a quarter of its size free and nobody waits. Statement mode, which \
        refuses transactions of several statements, is a remark.
        """

    private static let leastHolders = 8

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let pools = try BouncerPools(bouncer).all
        let holders = try IdleHolders(bouncer)
        let findings = pools.compactMap { pool -> Finding? in
            switch pool.mode {
            case "session": idle(pool, holders[pool])
            case "statement": statement(pool)
            default: nil
            }
        }
        let modes = Dictionary(grouping: pools, by: \.mode).sorted { $0.key < $1.key }
        let seen = modes.map { "\(CheckText.count($0.value.count, "pool")) in \($0.key) mode" }
        return .found(
            Array(findings.prefix(20)), orPassed: seen.isEmpty ? "no pools yet" : seen.joined(separator: ", "))
    }

    private static func idle(_ pool: BouncerPools.Pool, _ count: IdleHolders.Count) -> Finding? {
        guard count.holders >= leastHolders, count.idle * 2 > count.holders else { return nil }
        let isTight = pool.row.waiting > 0 || pool.size.map { pool.row.servers >= $0 * 0.75 } ?? false
        let remedy = Remedy(
            "If they keep no state in the session (SET, LISTEN, advisory locks, temporary tables), let them share: in "
                + "transaction mode the connection goes back after each transaction.")
        let usesDefault = pool.database?.poolMode.isEmpty ?? true
        return Finding(
            isTight ? severity : .info, subject: pool.name,
            "\(count.idle) of \(count.holders) clients of the pool \(CheckText.name(pool.name)) hold a server connection "
                + "in session mode and have asked nothing for \(CheckText.seconds(IdleHolders.leastSeconds)) or more.",
            evidence: [
                Evidence("clients_holding", count.holders), Evidence("idle_clients", count.idle),
                Evidence("idle_share", count.share, .ratio), Evidence("waiting_clients", pool.row.waiting),
                Evidence("pool_mode", text: pool.mode),
            ],
            remedy: usesDefault
                ? remedy.setting("pool_mode = transaction")
                : pool.database.map { remedy.settingDatabase($0, "pool_mode=transaction") } ?? remedy)
    }

    private static func statement(_ pool: BouncerPools.Pool) -> Finding {
        let remedy = Remedy("Unless it is meant (PL/Proxy, autocommit alone), use transaction mode.")
        return Finding(
            .info, subject: pool.name,
            "The pool \(CheckText.name(pool.name)) is in statement mode: transactions of several statements are refused.",
            evidence: [Evidence("pool_mode", text: pool.mode)], remedy: remedy.setting("pool_mode = transaction"))
    }
}
