import Observations

/// Whether clients have to prove who they are.
enum PoolerAuthentication: Check {
    static let id = "pooler-authentication"
    static let group = CheckGroup.pgbouncer
    static let title = "Clients prove who they are"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config]
    static let explanation = """
        With auth_type any or trust nobody is asked for a password: critical when PgBouncer listens beyond the loopback, a \
        warning on it, where every account of the host can come as anybody, admins of the console included. plain sends \
        passwords as they are, a warning. md5 is a remark: it takes SCRAM secrets as well, but only scram-sha-256 makes \
        sure that no MD5 hash will do, which is as good as the password to whoever has it.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let type = try bouncer.word("auth_type")
        let address = try bouncer.word("listen_addr")
        let isLocal = Hosts.areLocal(address)
        let found: (severity: CheckSeverity, message: String)
        switch type {
        case "any", "trust":
            found = (
                isLocal ? severity : .critical,
                isLocal
                    ? "Every account of the host gets in as any user, without a password (auth_type \(type))."
                    : "Whoever reaches \(CheckText.name(address)) gets in as any user, without a password (auth_type \(type))."
            )
        case "plain": found = (severity, "Clients send their passwords as they are (auth_type plain).")
        case "md5": found = (.info, "Clients may still log in with MD5 hashes (auth_type md5).")
        default: return .passed("auth_type \(SQLName.oneLine(type))")
        }
        return .found([
            Finding(
                found.severity, subject: "auth_type", found.message,
                evidence: [
                    Evidence("auth_type", text: type), Evidence("listen_addr", text: SQLName.oneLine(address)),
                ],
                remedy: Remedy(
                    "Put the SCRAM secrets of pg_authid into auth_file, or let auth_query ask for them, then require them."
                )
                .setting("auth_type = scram-sha-256"))
        ])
    }
}
