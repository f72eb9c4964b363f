import Practice

/// Which transactions last, who idles in one, who blocks whom?
enum TransactionsDashboard {
    static let dashboard = Dashboard(
        id: .transactions, title: "Transactions and locks",
        question: "Which transactions last too long, who idles in one, who blocks whom, and what would end it? "
            + "From Poolscope's metrics.",
        variables: CommonVariables.servers + [
            CommonVariables.database(of: "poolscope_oldest_transaction_seconds"),
            CommonVariables.user(of: "poolscope_connections"),
        ],
        annotations: CommonAnnotations.all,
        rows: [
            DashboardRow("Is anybody held up?", [blockedNow, longestNow, oldestNow, idleNow]),
            DashboardRow("Who blocks whom?", [blocked, longestBlock, blockers]),
            DashboardRow("Locks", [lockWaits, deadlocks]),
            DashboardRow("How long are transactions?", [oldest, quantiles, distribution]),
            DashboardRow("Who idles in a transaction?", [oldestIdle, idleByApplication, offenders]),
            DashboardRow("How many?", [outcomes, idleTime]),
            DashboardRow("What would end them?", [missingTimeouts, timeouts]),
        ])

    private static let legend = "{{target}} {{datname}}"

    /// The greatest of each database.
    private static func perDatabase(_ family: String) -> [PanelQuery] {
        [PanelQuery("max by (target, datname) (\(Series.database(family)))", legend)]
    }

    // MARK: Is anybody held up?

    private static let blockedNow = Panel(
        .stat, "Blocked sessions now", .quarter, means: "Client sessions that wait for a lock which another one holds.",
        worry: "from \(Spoken.number(Thresholds.Blocked.sessionsCritical)) on, or when it does not return to 0.",
        next: "Root blockers now: end the root, not those that wait.", unit: .count,
        [PanelQuery("sum(\(Series.database("poolscope_blocked_sessions")))", "blocked")],
        thresholds: .blockedSessions, alerts: [.blockedSessions])

    private static let longestNow = Panel(
        .stat, "Longest wait for a lock now", .quarter, means: "How long the first of them has waited.",
        worry: "from \(Spoken.seconds(Thresholds.Blocked.longestWarning)) on.", next: "Root blockers now.",
        unit: .seconds, [PanelQuery("max(\(Series.database("poolscope_longest_block_seconds")))", "longest")],
        thresholds: .above(warning: Thresholds.Blocked.longestWarning), alerts: [.blockedSessions])

    private static let oldestNow = Panel(
        .stat, "Oldest transaction now", .quarter, means: "Age of the oldest open transaction of a client.",
        worry: "from \(Spoken.seconds(Thresholds.Transaction.warning)) on.",
        next: "Oldest transaction by database; `poolscope sessions` names it.", unit: .seconds,
        [PanelQuery("max(\(Series.database("poolscope_oldest_transaction_seconds")))", "oldest")],
        thresholds: .transaction, alerts: [.longTransaction])

    private static let idleNow = Panel(
        .stat, "Longest idle in transaction now", .quarter,
        means: "How long a session has done nothing while its transaction is open.",
        worry: "from \(Spoken.seconds(Thresholds.IdleInTransaction.warning)) on; at once when somebody waits for it.",
        next: "Idle in transaction now, for whose it is.", unit: .seconds,
        [PanelQuery("max(\(Series.database("poolscope_oldest_idle_in_transaction_seconds")))", "longest")],
        thresholds: .idleInTransaction, alerts: [.idleInTransaction])

    // MARK: Who blocks whom?

    private static let blocked = Panel(
        .lines, "Blocked sessions", .third,
        means: "Sessions that wait for a lock, and those at the root of a chain that makes them wait.",
        worry: "when blocked ones grow while the roots do not: one session holds up all of them.",
        next: "Root blockers now.", unit: .count,
        [
            PanelQuery(
                "sum by (target, datname) (\(Series.database("poolscope_blocked_sessions")))", "blocked \(legend)"),
            PanelQuery(
                "sum by (target, datname) (\(Series.database("poolscope_blocking_sessions")))", "roots \(legend)"),
        ], thresholds: .blockedSessions, alerts: [.blockedSessions])

    private static let longestBlock = Panel(
        .lines, "Longest wait for a lock", .third,
        means: "How long the session that has waited longest for a lock has waited.",
        worry: "from \(Spoken.seconds(Thresholds.Blocked.longestWarning)) on.", next: "Root blockers now.",
        unit: .seconds, perDatabase("poolscope_longest_block_seconds"),
        thresholds: .above(warning: Thresholds.Blocked.longestWarning), alerts: [.blockedSessions])

    private static let blockers = Panel(
        .table(
            columns: [
                .label("client_application", "Application"), .label("client_address", "Address"),
                .label("usename", "User"), .label("datname", "Database"), .label("state", "State"),
                .value("", "Behind it", .count, .blockedSessions), .label("target", "Server"),
            ], sortBy: "Behind it"),
        "Root blockers now", .third,
        means: "The five sessions with the most others behind them, and the client behind the pooler where that is "
            + "watched. A session with several root blockers counts at each.",
        worry: "about any in the state idle in transaction: it does nothing while others wait.",
        next: "`poolscope terminate`, or pg_terminate_backend on the server; the others go on.", unit: .count,
        [
            PanelQuery(
                "max by (target, datname, usename, client_application, client_address, state) "
                    + "(\(Series.session("poolscope_blocker_blocked_sessions")))", "", .table)
        ], alerts: [.blockedSessions])

    // MARK: Locks

    private static let lockWaits = Panel(
        .stacked, "Sessions that wait for a lock, by kind", .half,
        means:
            "Average number of sessions that wait, by the kind of lock: transactionid and tuple are rows, relation is "
            + "a table, advisory an application's own.",
        worry: "about relation: DDL, or LOCK TABLE, in the middle of the day.",
        next: "set lock_timeout for migrations.", unit: .count,
        [
            PanelQuery(
                "sum by (wait_event) "
                    + "(\(Series.database("poolscope_session_seconds_total", #"wait_event_type="Lock""#).rate()))",
                "{{wait_event}}")
        ])

    private static let deadlocks = Panel(
        .lines, "Deadlocks in 15 min", .half,
        means: "Deadlocks that the server found, and ended one side of, in the last quarter of an hour.",
        worry: "above \(Spoken.number(Thresholds.Deadlocks.perQuarterHour)): some code takes locks in another order.",
        next: "the server's log has both statements of each.", unit: .count,
        [
            PanelQuery(
                "sum by (target, datname) (\(Series.database("pg_stat_database_deadlocks").increase("15m")))", legend)
        ], thresholds: .above(warning: Thresholds.Deadlocks.perQuarterHour), alerts: [.deadlocks])

    // MARK: How long are transactions?

    private static let oldest = Panel(
        .lines, "Oldest transaction by database", .third,
        means: "Age of the oldest open transaction of a client, whatever it does now.",
        worry: "from \(Spoken.seconds(Thresholds.Transaction.warning)) on: it holds a connection and locks, and vacuum "
            + "cannot clean behind it.",
        next: "`poolscope sessions` names it.", unit: .seconds,
        perDatabase("poolscope_oldest_transaction_seconds"), thresholds: .transaction, alerts: [.longTransaction],
        links: [
            PanelLink(
                "Slow queries", to: .slowQueries, setting: [.series("target"), .series("datname", as: "database")]),
            PanelLink("Activity", to: .activity, setting: [.series("target"), .series("datname", as: "database")]),
        ])

    private static let transactionBuckets = Series.database("poolscope_transaction_duration_seconds_bucket")

    private static let quantiles = Panel(
        .lines, "Duration of transactions", .third,
        means:
            "Half, 95 % and 99 % of the transactions seen were shorter than this. Those that last a sampling interval "
            + "are all seen, shorter ones only when a sample met them: read the tail.",
        worry: "when p99 is above a minute.", next: "Who idles in a transaction? says whether they work.",
        unit: .seconds,
        [0.5, 0.95, 0.99].map {
            PanelQuery(quantile($0, of: transactionBuckets), "p\(Spoken.number($0 * 100))")
        })

    private static let distribution = Panel(
        .heatmap, "Distribution of transactions", .third,
        means: "How many transactions ended in each class of duration.",
        worry: "about a band above a minute.", next: "Who idles in a transaction?", unit: .seconds,
        [PanelQuery("sum by (le) (\(transactionBuckets.increase()))", "{{le}}", .heatmap)])

    // MARK: Who idles in a transaction?

    private static let oldestIdle = Panel(
        .lines, "Longest idle in transaction", .third,
        means: "How long a session has been idle in its transaction: not the age of the transaction.",
        worry: "from \(Spoken.seconds(Thresholds.IdleInTransaction.warning)) on; "
            + "\(Spoken.seconds(Thresholds.IdleInTransaction.critical)) is a page.",
        next: "Idle in transaction now; idle_in_transaction_session_timeout ends such by itself.", unit: .seconds,
        perDatabase("poolscope_oldest_idle_in_transaction_seconds"), thresholds: .idleInTransaction,
        alerts: [.idleInTransaction])

    private static let idleByApplication = Panel(
        .lines, "Pauses within transactions", .third,
        means: "95 % of the pauses between two statements of a transaction are shorter than this, by application.",
        worry: "from a second on: the application does something else with a connection and locks in its hand.",
        next: "look for calls to other services between BEGIN and COMMIT.", unit: .seconds,
        [
            PanelQuery(
                quantile(
                    0.95, of: .database("poolscope_idle_in_transaction_seconds_bucket"), by: ["application_name"]),
                "{{application_name}}")
        ])

    private static let offenders = Panel(
        .table(
            columns: [
                .label("client_application", "Application"), .label("client_address", "Address"),
                .label("usename", "User"), .label("datname", "Database"),
                .value("", "Idle for", .seconds, .idleInTransaction), .label("target", "Server"),
            ], sortBy: "Idle for"),
        "Idle in transaction now", .third,
        means: "The five sessions that have been idle in a transaction the longest, with the client behind the pooler "
            + "where a pooler of the same cluster is watched.",
        worry: "from a minute on.", next: "`poolscope terminate`, and mend the application's error path.",
        unit: .seconds,
        [
            PanelQuery(
                "max by (target, datname, usename, client_application, client_address) "
                    + "(\(Series.session("poolscope_idle_in_transaction_offender_seconds")))", "", .table)
        ], alerts: [.idleInTransaction])

    // MARK: How many?

    private static let outcomes = Panel(
        .lines, "Transactions per second", .half, means: "Committed and rolled back, by the server's own counters.",
        worry:
            "when rollbacks become a part of it that they were not: errors, or a pool that tests connections by them.",
        next: "the server's log.", unit: .perSecond,
        [("commit", "committed"), ("rollback", "rolled back")].map { outcome, name in
            PanelQuery(
                "sum by (target, datname) (\(Series.database("pg_stat_database_xact_\(outcome)").rate()))",
                "\(name) \(legend)")
        })

    private static let idleTime = Panel(
        .lines, "Sessions idle in transaction", .half,
        means: "Average number of sessions that are idle in a transaction, in each database.",
        worry: "above one for each core: pools fill with sessions that do nothing.",
        next: "Pauses within transactions, for whose they are.", unit: .count,
        [
            PanelQuery(
                """
                sum by (target, datname) \
                (\(Series.database("poolscope_session_seconds_total", #"state=~"idle in transaction.*""#).rate()))
                """, legend)
        ])

    // MARK: What would end them?

    private static let missingTimeouts = Panel(
        .lines, "Time-outs that are not set", .third,
        means: "Roles, and the server itself, for which a time-out is 0: nothing ends such a statement, transaction or "
            + "wait. What a session sets for itself is not seen.",
        worry: "about idle_in_transaction_session_timeout and lock_timeout of roles of services.",
        next: "ALTER ROLE … SET, in the table.", unit: .count,
        [
            PanelQuery(
                "count by (target, setting) "
                    + "(\(Series.target("poolscope_timeout_seconds", #"scope=~"server|role""#)) == 0)",
                "{{target}} {{setting}}")
        ], alerts: [.timeoutMissing])

    private static let timeouts = Panel(
        .table(
            columns: [
                .label("target", "Server"), .label("setting", "Setting"), .label("scope", "Of"),
                .label("name", "Name"),
                .value("", "Time-out", .seconds, cell: .coloured, mappings: [.value("0", "none", "orange")]),
            ], sortBy: "Setting"),
        "Time-outs", .twoThirds,
        means:
            "The time-outs that hold for new sessions. The most special one holds: role in database, role, database, "
            + "server.",
        worry: "about none for a role of a service.", next: "ALTER ROLE name SET setting = '30s'.", unit: .seconds,
        [
            PanelQuery(
                "max by (target, setting, scope, name) (\(Series.target("poolscope_timeout_seconds")))", "", .table)
        ], alerts: [.timeoutMissing])
}
