import Exposition

/// The families of what begins and ends on a server: statements, transactions, idle-in-transaction episodes, sessions.
enum EpisodeFamilies {
    /// Every family; all of them are published by `EpisodesCollector`.
    static let all = [
        queryDuration, queryDurationInfo, transactionDuration, idleInTransaction, sessionDuration, slowQueries,
        sessionsOpened, sessionsClosed, episodes,
    ]

    static let queryDuration = FamilyDescriptor(
        "poolscope_query_duration_seconds", .histogram, unit: "seconds", labels: ["datname"],
        buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        help: "Durations of client statements, each counted once when it has ended. Complete for statements that last "
            + "at least one sampling interval. Of shorter ones, where pg_stat_statements is in the connected database, "
            + "those that no sample met are added at the mean of their statement, so that count and sum are the "
            + "server's, some seconds later; statements that failed come on top, where they can be told from others. "
            + "Elsewhere shorter ones are counted only when they were the last of their session at a sample (see "
            + "poolscope_query_duration_info). Fast-path function calls are not counted. Slow statements are exemplars."
    )
    static let queryDurationInfo = FamilyDescriptor(
        "poolscope_query_duration_info", .info, labels: ["datname", "source"],
        help: "Where poolscope_query_duration_seconds comes from: source=\"sampled\" is pg_stat_activity alone, "
            + "source=\"reconciled\" is completed from pg_stat_statements.")
    static let transactionDuration = FamilyDescriptor(
        "poolscope_transaction_duration_seconds", .histogram, unit: "seconds", labels: ["datname"],
        buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1_800, 3_600],
        help: "Durations of client transactions, implicit ones of one statement included, each counted once when it "
            + "has ended (a failed one when it fails, not at ROLLBACK). Complete for those that last at least one "
            + "sampling interval; shorter ones are counted only when a sample met them.")
    static let idleInTransaction = FamilyDescriptor(
        "poolscope_idle_in_transaction_seconds", .histogram, unit: "seconds", labels: ["datname", "application_name"],
        openLabels: ["application_name"],
        buckets: [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400],
        help: "How long sessions idled in a transaction between two statements, aborted transactions included, each "
            + "time counted once when it is over. Complete for those that last at least one sampling interval; "
            + "shorter ones are counted only when a sample met them.")
    static let sessionDuration = FamilyDescriptor(
        "poolscope_session_duration_seconds", .histogram, unit: "seconds", labels: ["datname", "application_name"],
        openLabels: ["application_name"],
        buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 14_400, 43_200, 86_400],
        help: "Lifetimes of client connections, each counted once when it has closed, by the application name last "
            + "seen. Complete for connections that last at least one sampling interval; shorter ones are counted "
            + "only when a sample met them.")
    static let slowQueries = FamilyDescriptor(
        "poolscope_slow_queries_total", .counter, labels: ["datname", "usename", "application_name"],
        openLabels: ["usename", "application_name"],
        help:
            "Client statements that passed the slow threshold of their database and role (5 s unless configured), each "
            + "counted once: while it still runs, at the first "
            + "sample that finds it beyond the threshold, or when it has ended in between.")
    static let sessionsOpened = FamilyDescriptor(
        "poolscope_sessions_opened_total", .counter, labels: ["datname", "application_name"],
        openLabels: ["application_name"],
        help: "Client connections that began after the first sample, as seen by sampling: those that began and ended "
            + "between two samples are not counted.")
    static let sessionsClosed = FamilyDescriptor(
        "poolscope_sessions_closed_total", .counter, labels: ["datname", "application_name"],
        openLabels: ["application_name"],
        help: "Client connections that have closed, as seen by sampling, by the application name last seen; those "
            + "that were there at the first sample are counted, too.")
    static let episodes = FamilyDescriptor(
        "poolscope_episodes_total", .counter, labels: ["kind", "end"],
        help: "Episodes that were followed to their end, by how the end is known: exact (the server showed it) or "
            + "estimated (it lies between two samples: at most twice the last age seen). No server shows the exact "
            + "end of a session, or of idling in a transaction.")
}
