import Observations

/// Whether clients wait although connections do nothing.
enum WaitingWhileIdle: Check {
    static let id = "waiting-while-idle"
    static let group = CheckGroup.pgbouncer
    static let title = "Nobody waits while connections do nothing"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.pools, .poolDatabases, .config, .history, .clients, .servers]
    static let explanation = """
        A queue in front of connections that do nothing is no lack of connections. It is a finding when clients wait and at \
        least half of the clients that hold a connection have asked nothing of it for 5 s or more: they idle in a \
        transaction, or in session mode; critical when nearly all do. And when clients waited in at least 3 samples, and \
        in a tenth of all, while a connection of the same pool was idle, which PgBouncer hands out at once unless the \
        database is paused (a check of its own) or connections are being tested.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let history = try bouncer.history.get()
        let pools = try BouncerPools(bouncer).all
        let holders = try IdleHolders(bouncer)
        let findings = pools.compactMap { pool in
            held(pool, holders[pool], try? bouncer.setting("idle_transaction_timeout")) ?? unused(pool)
        }
        let waiting = history.pools.reduce(0) { $0 + $1.samplesWaiting }
        return .found(
            Array(findings.prefix(20)),
            orPassed: waiting == 0 ? "nobody waited" : "those who waited did so for connections at work")
    }

    private static func held(_ pool: BouncerPools.Pool, _ count: IdleHolders.Count, _ timeout: Double?) -> Finding? {
        guard pool.row.waiting > 0, count.idle > 0, count.idle * 2 >= count.holders else { return nil }
        let inSession = pool.mode == "session"
        let remedy = Remedy(
            inSession
                ? "In transaction mode those connections serve the ones that wait; clients that need a session get a "
                    + "database of their own."
                : "End transactions before other work is done, and let PgBouncer end those that stay open."
        )
        return Finding(
            Double(count.idle) >= Double(count.holders) * 0.9 ? .critical : severity, subject: pool.name,
            "\(CheckText.count(pool.row.waiting, "client")) of the pool \(CheckText.name(pool.name)) "
                + "wait\(pool.row.waiting == 1 ? "s" : ""), and \(count.idle) of \(count.holders) that hold a connection have "
                + "asked nothing of it for up to \(CheckText.seconds(count.longest)), "
                + (inSession ? "in session mode." : "within a transaction."),
            evidence: [
                Evidence("waiting_clients", pool.row.waiting), Evidence("longest_wait", pool.row.oldestWait, .seconds),
                Evidence("clients_holding", count.holders), Evidence("idle_clients", count.idle),
                Evidence("longest_idle", count.longest, .seconds),
            ] + [timeout.map { Evidence("idle_transaction_timeout", $0, .seconds) }].compactMap(\.self),
            remedy: inSession
                ? remedy.setting("pool_mode = transaction")
                : remedy.setting("idle_transaction_timeout = \(CheckText.number(Self.timeout(timeout)))"))
    }

    /// Half of what holds now, a minute where nothing does.
    private static func timeout(_ now: Double?) -> Double {
        guard let now, now > 0 else { return 60 }
        return max(5, min(60, (now / 2).rounded(.down)))
    }

    private static func unused(_ pool: BouncerPools.Pool) -> Finding? {
        guard let history = pool.history, history.samplesWaitingWhileIdle >= 3,
            history.samplesWaitingWhileIdle * 10 >= history.samples, pool.database?.numbers["paused"] != 1
        else { return nil }
        let share = Double(history.samplesWaitingWhileIdle) / Double(max(1, history.samples))
        return Finding(
            severity, subject: pool.name,
            "Clients of the pool \(CheckText.name(pool.name)) waited in \(CheckText.percent(share)) of the samples while "
                + "it had idle connections.",
            evidence: [
                Evidence("samples", history.samples),
                Evidence("samples_waiting_while_idle", history.samplesWaitingWhileIdle),
                Evidence("longest_wait", history.longestWait, .seconds),
                Evidence("idle_connections", pool.row.numbers["sv_idle"] ?? 0),
                Evidence("connections_to_test", pool.row.numbers["sv_used"] ?? 0),
            ],
            remedy: Remedy(
                "Look whether PgBouncer is paused or suspended, whether its one core is full, and whether the test of idle "
                    + "connections (server_check_query) is slow; a longer delay spares it."
            ).setting("server_check_delay = 60").adding(.console, "RESUME;"))
    }
}
