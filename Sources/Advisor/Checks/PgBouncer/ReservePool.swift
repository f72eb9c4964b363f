import Observations
import Practice

/// Whether the reserve helps those who wait.
enum ReservePool: Check {
    static let id = "reserve-pool"
    static let group = CheckGroup.pgbouncer
    static let title = "A reserve helps clients that wait"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .pools, .poolDatabases, .history]
    static let explanation = """
        When a client has waited for reserve_pool_timeout, PgBouncer opens up to reserve_pool_size connections more for \
        that pool. It is a finding when a pool has none and its clients waited for a second or more within the watch; when \
        there is a reserve and the time-out is 0, which turns it off; when the time-out is not shorter than \
        query_wait_timeout, a warning, for then clients are turned away before it is used; and when it is more than 10 s, \
        longer than most clients wait.
        """

    private static let longestPatience = 10.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let pools = try BouncerPools(bouncer).all
        let timeout = try bouncer.setting("reserve_pool_timeout")
        let reserve = try bouncer.setting("reserve_pool_size")
        let most = max(reserve, pools.compactMap { $0.database?.reserve }.max() ?? 0)
        if most > 0, let late = late(timeout, reserve: most, waits: try bouncer.setting("query_wait_timeout")) {
            return .found([late])
        }
        let queues = pools.filter { $0.reserve == 0 && ($0.history?.longestWait ?? 0) >= 1 }
        return .found(
            queues.prefix(20).map { none($0, timeout: timeout) },
            orPassed: most > 0
                ? "up to \(CheckText.count(most, "connection")) more after \(CheckText.seconds(timeout))"
                : "there is none, and nobody waited for a second")
    }

    private static func late(_ timeout: Double, reserve: Double, waits: Double) -> Finding? {
        let evidence = [
            Evidence("reserve_pool_size", reserve), Evidence("reserve_pool_timeout", timeout, .seconds),
            Evidence("query_wait_timeout", waits, .seconds),
        ]
        let message: String
        if timeout == 0 {
            message = "There is a reserve of \(CheckText.number(reserve)), and reserve_pool_timeout 0 turns it off."
        } else if waits > 0, timeout >= waits {
            message =
                "The reserve opens after \(CheckText.seconds(timeout)), when query_wait_timeout "
                + "(\(CheckText.seconds(waits))) has turned clients away."
        } else if timeout > longestPatience {
            message = "The reserve opens after \(CheckText.seconds(timeout)), longer than most clients wait."
        } else {
            return nil
        }
        let isUseless = timeout > 0 && waits > 0 && timeout >= waits
        let next = waits > 0 ? max(1, min(3, (waits / 4).rounded(.down))) : 3
        return Finding(
            isUseless ? .warning : severity, subject: "reserve_pool_timeout", message, evidence: evidence,
            remedy: Remedy("Open it earlier.").setting("reserve_pool_timeout = \(CheckText.number(next))"))
    }

    private static func none(_ pool: BouncerPools.Pool, timeout: Double) -> Finding {
        let history = pool.history
        let size = pool.size ?? 20
        let lines = ["reserve_pool_size = \(CheckText.number(max(1, (size / 4).rounded(.up))))"]
        let remedy = Remedy("Keep a reserve of a quarter of the pool for bursts.")
        return Finding(
            severity, subject: pool.name,
            "Clients of the pool \(CheckText.name(pool.name)) waited for up to "
                + "\(CheckText.seconds(history?.longestWait ?? 0)), and it has no reserve.",
            evidence: [
                Evidence("reserve_pool_size", pool.database?.reserve ?? 0), Evidence("pool_size", size),
                Evidence("longest_wait", history?.longestWait ?? 0, .seconds),
                Evidence("most_waiting", history?.mostWaiting ?? 0),
            ],
            remedy: remedy.adding(
                .ini,
                timeout > 0 && timeout <= longestPatience
                    ? lines : lines + ["reserve_pool_timeout = \(PoolPractice.Bouncer.reserveTimeout)"]
            )
            .adding(.console, "RELOAD;"))
    }
}
