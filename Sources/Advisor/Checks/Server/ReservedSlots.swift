import Observations

/// Whether somebody can still log in when clients have taken all slots.
enum ReservedSlots: Check {
    static let id = "reserved-slots"
    static let group = CheckGroup.server
    static let title = "Slots are kept for operators"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.postgres]
    static let needs: [Fact] = [.settings]
    static let explanation = """
        When clients hold every slot, superuser_reserved_connections lets an operator in to end some. From PostgreSQL 16 \
        on, reserved_connections does so for roles with pg_use_reserved_connections, so that monitoring needs no \
        superuser. None of the first is a warning, fewer than 3 or none of the second a remark.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let server = try facts.server.get()
        let superuser = try server.setting("superuser_reserved_connections")
        let reserved = server.settings.value?["reserved_connections"]?.value
        var evidence = [Evidence("superuser_reserved_connections", superuser)]
        if let reserved { evidence.append(Evidence("reserved_connections", reserved)) }
        var findings: [Finding] = []
        if superuser < 3 {
            findings.append(
                Finding(
                    superuser == 0 ? severity : .info, subject: "superuser_reserved_connections",
                    superuser == 0
                        ? "No slot is reserved for superusers: when the server is full, nobody can log in to end sessions."
                        : "Only \(CheckText.count(superuser, "slot")) reserved for superusers: tools of theirs may hold them.",
                    evidence: evidence,
                    remedy: Remedy("Reserve three; it takes a restart.")
                        .adding(.sql, "ALTER SYSTEM SET superuser_reserved_connections = 3;")))
        }
        if reserved == 0 {
            findings.append(
                Finding(
                    .info, subject: "reserved_connections",
                    "No slot is kept for monitoring: a full server can be looked at only by sessions that are open already.",
                    evidence: evidence,
                    remedy: Remedy("Keep two for roles that need them, Poolscope's among them; it takes a restart.")
                        .adding(
                            .sql, "ALTER SYSTEM SET reserved_connections = 2;",
                            "GRANT pg_use_reserved_connections TO poolscope;")))
        }
        let more = reserved.map { ", \(CheckText.number($0)) for roles with pg_use_reserved_connections" } ?? ""
        return .found(
            findings, orPassed: "\(CheckText.count(superuser, "slot")) reserved for superusers\(more)")
    }
}
