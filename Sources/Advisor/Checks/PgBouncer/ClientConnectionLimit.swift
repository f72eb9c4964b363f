import Observations
import Practice

/// Whether PgBouncer can take the clients it promises to.
enum ClientConnectionLimit: Check {
    static let id = "client-connections"
    static let group = CheckGroup.pgbouncer
    static let title = "There is room for clients"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .lists, .pools, .poolDatabases]
    static let explanation = """
        Beyond max_client_conn clients are turned away: it is a finding from 80 % of it on, critical from 90 % on. Every client \
        and every server connection is an open file: when the limit on files of PgBouncer's process is lower than \
        max_client_conn, all its pools and some 20 of its own, it fails at that limit instead, also to reach servers. The \
        limit is known where PgBouncer runs on the host of `poolscope check`.
        """

    /// Its log, its sockets, what it needs to look up names.
    private static let ownFiles = 20.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let limit = try bouncer.setting("max_client_conn")
        guard let used = try bouncer.lists.get()["used_clients"] else {
            throw MissingFact("SHOW LISTS has no used_clients")
        }
        let servers = try BouncerPools(bouncer).all.reduce(0) { $0 + ($1.sizeWithReserve ?? 0) }
        let files = limit + servers + ownFiles
        let evidence = [
            Evidence("max_client_conn", limit), Evidence("clients", used),
            Evidence("used_share", used / max(1, limit), .ratio),
            Evidence("pool_connections_possible", servers), Evidence("files_wanted", files),
        ]
        let findings = [
            full(used, limit: limit, evidence),
            facts.target.fileLimit.flatMap { tooFewFiles($0, files, limit, evidence) },
        ].compactMap(\.self)
        let known = facts.target.fileLimit.map { "; it may open \(CheckText.number($0)) files" } ?? ""
        return .found(
            findings,
            orPassed: "\(CheckText.number(used)) of \(CheckText.count(limit, "client")), who with all pools need "
                + "\(CheckText.number(files)) files\(known)")
    }

    private static func full(_ used: Double, limit: Double, _ evidence: [Evidence]) -> Finding? {
        guard used >= limit * Thresholds.ClientSlots.warning else { return nil }
        let next = max(1_000, (limit * 2 / 100).rounded(.up) * 100)
        return Finding(
            used >= limit * Thresholds.ClientSlots.critical ? .critical : severity, subject: "max_client_conn",
            "\(CheckText.number(used)) of \(CheckText.count(limit, "client")) are connected.", evidence: evidence,
            remedy: Remedy(
                "Look who holds them (poolscope sessions); if all are needed, raise it, and the limit on files with it."
            )
            .setting("max_client_conn = \(CheckText.number(next))"))
    }

    private static func tooFewFiles(
        _ files: Double, _ wanted: Double, _ limit: Double, _ evidence: [Evidence]
    ) -> Finding? {
        guard files < wanted else { return nil }
        let next = (wanted / 1_024).rounded(.up) * 1_024
        return Finding(
            severity, subject: "files",
            "max_client_conn \(CheckText.number(limit)) and all pools need \(CheckText.number(wanted)) open files; its "
                + "process may have \(CheckText.number(files)).",
            evidence: evidence + [Evidence("file_limit", files)],
            remedy: Remedy(
                "Raise the limit and restart (systemctl edit pgbouncer, section [Service]), or take fewer clients."
            )
            .adding(.shell, "LimitNOFILE=\(CheckText.number(next))"))
    }
}
