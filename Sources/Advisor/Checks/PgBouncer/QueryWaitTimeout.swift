import Observations
import Practice

/// Whether a client that waits gets an answer while somebody still listens.
enum QueryWaitTimeout: Check {
    static let id = "query-wait-timeout"
    static let group = CheckGroup.pgbouncer
    static let title = "Waiting for a connection has an end"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config]
    static let explanation = """
        query_wait_timeout turns a client away that has waited so long for a server connection. With 0 clients wait for \
        ever, and a stuck database takes every client with it: a warning, critical when one was seen to wait for more than \
        2 min. When it is more than 60 s (PgBouncer's own default is 120 s) a remark: browsers' proxies (30 to 60 s), \
        HikariCP, SQLAlchemy and psycopg's pools (30 s) have given up by then, and the work is done for nobody.
        """

    private static let longest = 60.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let timeout = try bouncer.setting("query_wait_timeout")
        let wait = bouncer.history.value?.pools.map(\.longestWait).max() ?? 0
        guard timeout == 0 || timeout > longest else {
            return .passed("\(CheckText.seconds(timeout)); the longest wait seen was \(CheckText.seconds(wait))")
        }
        let message =
            timeout == 0
            ? "query_wait_timeout is 0: clients wait for a connection for ever."
            : "Clients wait for a connection for up to \(CheckText.seconds(timeout)), longer than those behind them do."
        return .found([
            Finding(
                timeout > 0 ? .info : wait > 120 ? .critical : severity, subject: "query_wait_timeout", message,
                evidence: [
                    Evidence("query_wait_timeout", timeout, .seconds), Evidence("longest_wait", wait, .seconds),
                ],
                remedy: Remedy("Let it be shorter than the clients' own time-outs; a session mode pool may want more.")
                    .setting("query_wait_timeout = \(PoolPractice.Bouncer.queryWait)"))
        ])
    }
}
