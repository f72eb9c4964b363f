import Observations

/// Whether connections that are to be closed are closed.
enum ConnectionsRenewed: Check {
    static let id = "close-needed"
    static let group = CheckGroup.pgbouncer
    static let title = "Connections that are to be closed get closed"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.history, .servers]
    static let explanation = """
        After RECONNECT, a change of the configuration or of the server's address, PgBouncer closes each old connection as soon \
        as its client gives it back (close_needed). A client that idles in a transaction, or in session mode, keeps it on \
        the old server for as long as it likes. It is a finding when one was seen so for a minute or longer, and a remark \
        when within a shorter watch it was so for 5 s or longer.
        """

    private static let longest = 60.0
    private static let shortest = 5.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let needed = try bouncer.history.get().closeNeeded
        let servers = try bouncer.servers.get()
        if !servers.isEmpty, servers.allSatisfy({ $0.closeNeeded == nil }) {
            throw MissingFact("PgBouncer tells it from 1.9 on")
        }
        let findings = needed.filter { $0.longestSeconds >= shortest }.prefix(20).map { finding($0, servers) }
        let count = needed.reduce(0) { $0 + $1.count }
        return .found(
            findings,
            orPassed: count == 0 ? "none is to be closed" : "\(count) to be closed, for less than 5 s so far")
    }

    private static func finding(_ needed: CloseNeeded, _ servers: [PgBouncerServer]) -> Finding {
        let theirs = servers.filter {
            $0.closeNeeded == true && $0.database == needed.database && $0.user == needed.user
        }
        let processes = theirs.map(\.remotePID).filter { $0 > 0 }.sorted().prefix(10)
        let pool = "\(needed.database)/\(needed.user)"
        let remedy = Remedy(
            "Their clients hold them. Let these end their transactions or sessions; else, when what they do may be lost, "
                + "end them on the server.")
        return Finding(
            needed.longestSeconds >= longest ? severity : .info, subject: pool,
            "\(CheckText.count(needed.count, "connection")) of the pool \(CheckText.name(pool)) "
                + "\(needed.count == 1 ? "is" : "are") to be closed and still in use, for "
                + "\(CheckText.seconds(needed.longestSeconds)) at least.",
            evidence: [
                Evidence("connections", needed.count), Evidence("longest", needed.longestSeconds, .seconds),
            ],
            remedy: processes.isEmpty
                ? remedy : remedy.adding(.sql, processes.map { "SELECT pg_terminate_backend(\($0));" }))
    }
}
