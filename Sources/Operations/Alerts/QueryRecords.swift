import Practice

/// What alerts on connections and statements, and their dashboards, have computed beforehand.
enum QueryRecords {
    /// Average sessions that were active over ten minutes, of a whole server.
    static let activeSessions = "target:poolscope_active_sessions:rate10m"

    /// By database, role and time-out.
    static let sessionsWithoutTimeout = "datname_usename:poolscope_connections_without_timeout:sum"

    /// The share of statements that took longer than the objective allows.
    static func share(over window: String) -> String {
        "datname:poolscope_query_over_objective:ratio\(window)"
    }

    /// The share from which on a budget burns so many times as fast as it may.
    static func bound(burning rate: Double) -> String {
        "\(number(rate)) * (1 - \(number(Thresholds.QueryObjective.share)))"
    }

    static let activity = RecordingRule(
        activeSessions,
        comment: "Average active sessions: on the CPU, or waiting in a statement. Parallel workers count.",
        expression: """
            sum without (datname, state, wait_event, wait_event_type) (
              rate(poolscope_session_seconds_total{state="active"}[10m])
            )
            """)

    static let lostSessions = RecordingRule(
        "datname:pg_stat_database_sessions_lost:rate15m",
        comment:
            "Sessions that ended by a lost client, a fatal error or an operator, a second. PostgreSQL 14 and newer.",
        expression: """
            sum without (datid) (
                rate(pg_stat_database_sessions_abandoned_total[15m])
              +
                rate(pg_stat_database_sessions_fatal_total[15m])
              +
                rate(pg_stat_database_sessions_killed_total[15m])
            )
            """)

    /// - Parameter comment: Empty but for the first: one word on all of them is enough.
    static func slowShare(over window: String, comment: String = "") -> RecordingRule {
        RecordingRule(
            share(over: window), comment: comment,
            expression: """
                1
                -
                sum without (le) (rate(poolscope_query_duration_seconds_bucket{le="\(bound)"}[\(window)]))
                / on (job, instance, target, datname) group_left ()
                (rate(poolscope_query_duration_seconds_count[\(window)]) > 0)
                and ignoring (source)
                poolscope_query_duration_info{source="reconciled"}
                """)
    }

    static let slowShareComment = """
        The share of statements that took longer than \(number(Thresholds.QueryObjective.duration))s. Only where the \
        histogram is completed from pg_stat_statements: else it lacks most of the short statements, and the share of \
        the long ones would be much too large.
        """

    /// As the agent writes the bounds of buckets in every format.
    private static let bound = "\(Thresholds.QueryObjective.duration)"

    /// The time-outs that an application should have.
    static let expectedTimeouts = ["statement_timeout", "idle_in_transaction_session_timeout"]

    static let withoutTimeout = RecordingRule(
        sessionsWithoutTimeout,
        comment: """
            Sessions of roles for which a time-out is 0, by database and role. The most special setting holds: what \
            ALTER ROLE … IN DATABASE gave, else what the role has, else the database, else the server; the families of \
            role and database have the server's value where they have none. Poolscope sets its time-outs itself, and \
            the superuser postgres does the work that may take long.
            """,
        expression: expectedTimeouts.map(sessions(without:)).joined(separator: "\nor\n"))

    private static func sessions(without setting: String) -> String {
        func timeout(_ scope: String, _ comparison: String) -> String {
            #"poolscope_timeout_seconds{scope="\#(scope)",setting="\#(setting)"} \#(comparison)"#
        }
        return """
            label_replace(
                sum without (application_name, state) (
                  poolscope_connections{application_name!="poolscope",usename!="postgres"}
                ) > 0
              and on (job, instance, target, usename)
                label_replace(\(timeout("role", "== 0")), "usename", "$1", "name", "(.*)")
              and on (job, instance, target, datname)
                label_replace(\(timeout("database", "== 0")), "datname", "$1", "name", "(.*)")
              unless on (job, instance, target, datname, usename)
                label_replace(
                  label_replace(
                    \(timeout("role_in_database", "> 0")),
                    "usename", "$1", "name", "(.*)@.*"
                  ),
                  "datname", "$1", "name", ".*@(.*)"
                ),
              "setting", "\(setting)", "", ""
            )
            """
    }
}
