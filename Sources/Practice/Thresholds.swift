/// Where a number becomes a worry: the one place from which alerts, dashboards, the status page and the checks that watch
/// the same take their thresholds.
///
/// Times are in seconds, shares between 0 and 1. What Poolscope itself decides by (the slow threshold, the leak
/// threshold) is configured there and not repeated here, but for its default.
package enum Thresholds {
    /// The wait of the first client in a queue.
    package enum PoolWait {
        /// Users notice.
        package static let warning = 1.0
        /// With the pool full for a minute, a page.
        package static let critical = 5.0
        /// A second in which the first client has waited longer than this is a bad second of the wait budget.
        package static let bad = 0.5
        /// The share of PgBouncer's query_wait_timeout from which clients are about to be cut off.
        package static let shareOfTimeout = 0.5
    }

    /// Used share of a pool or of the server's slots.
    package enum Saturation {
        package static let warning = 0.8
        package static let critical = 0.95
        package static let full = 1.0
        /// A forecast counts only for a pool that is used at least this much.
        package static let forecastFrom = 0.6
    }

    /// How soon a pool is forecast to be full.
    package enum Exhaustion {
        package static let warning = 4.0 * 3600
    }

    /// Used share of PgBouncer's max_client_conn: clients were seen to be refused from nine tenths on.
    package enum ClientSlots {
        package static let warning = 0.8
        package static let critical = 0.9
    }

    /// Used share of a role's, a database's or a user's own limit.
    package enum ConnectionLimit {
        package static let warning = 0.9
    }

    /// Slots of the server that the sizes of all pools together should leave free.
    package enum Oversubscription {
        package static let spareSlots = Double(PoolPractice.spareSlots)
    }

    /// Connections that leak: the least that the agent counts, since it wants to see two more than before.
    package enum Leak {
        package static let connections = 2.0
    }

    /// Sessions opened for each transaction.
    package enum Churn {
        package static let warning = 0.2
        /// Below these rates the ratio says nothing.
        package static let minimumSessionsPerSecond = 1.0
    }

    /// The share of sessions that end by a fatal error, an operator or a lost client.
    package enum AbandonedSessions {
        package static let warning = 0.05
        package static let minimumPerSecond = 0.1
    }

    package enum IdleInTransaction {
        package static let warning = 300.0
        package static let critical = 900.0
    }

    package enum Transaction {
        package static let warning = 1800.0
        package static let critical = 7200.0
    }

    package enum SlowQuery {
        /// The default of slow_threshold, and a bucket of the histogram.
        package static let duration = 5.0
        /// Slow statements that end within a minute.
        package static let perMinute = 1.0
        /// The age of one that does not end.
        package static let oldest = 60.0
    }

    /// The latency objective: this share of statements ends within this time, which is a bucket of the histogram.
    package enum QueryObjective {
        package static let duration = 0.5
        package static let share = 0.99
        /// With fewer statements than this in the short window the share says nothing.
        package static let minimumPerWindow = 100.0
    }

    /// The wait objective: the share of time in which no first client waits longer than `PoolWait.bad`.
    package enum WaitObjective {
        package static let share = 0.99
    }

    /// Burn rates by pairs of windows, as the site reliability workbook has them.
    package enum Burn {
        /// 1 h and 5 min, a page: 2 % of a month's budget in an hour.
        package static let fast = 14.4
        /// 6 h and 30 min, a page: 5 % in six hours.
        package static let medium = 6.0
        /// 3 d and 6 h, a ticket: 10 % in three days.
        package static let slow = 1.0
    }

    package enum Blocked {
        /// How long the longest has waited for a lock.
        package static let longestWarning = 30.0
        /// With at least so many waiting, and the first of them for at least `longestCritical`, a page.
        package static let sessionsCritical = 10.0
        package static let longestCritical = 5.0
    }

    package enum Deadlocks {
        /// So many and more.
        package static let perQuarterHour = 4.0
    }

    /// Average active sessions for each core.
    package enum ActiveSessions {
        package static let perCoreWarning = 1.5
        package static let perCoreCritical = 3.0
    }

    package enum Watching {
        /// A sample older than this many intervals is stale.
        package static let staleIntervals = 3.0
        /// And none is before this age: clocks differ, and scrapes have their own times.
        package static let leastStale = 60.0
        /// The share of ticks that were skipped.
        package static let skippedShare = 0.05
        /// The share of a collector's reads that fail.
        package static let failedShare = 0.5
    }
}
