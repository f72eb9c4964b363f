import Observations

/// For which roles in use a time-out holds, and for which it does not.
struct TimeoutRoles {
    /// A role with the databases in which nothing ends what it does.
    struct Gap: Equatable {
        var role: String
        var databases: [String]
    }

    /// At most this many roles are told one by one.
    static let limit = 10

    /// Without the time-out, by name.
    private(set) var gaps: [Gap] = []
    /// Pairs of role and database for which it holds.
    private(set) var covered = 0
    /// The largest that holds somewhere, in seconds.
    private(set) var largest = 0.0

    /// Looks at every role that was seen in a session, in the databases where it was; of superusers and of pg_monitor's
    /// kind nothing is asked.
    /// - Throws: `MissingFact` when the server's own value cannot be seen and nothing stands before it.
    init(_ setting: String, _ server: ServerFacts) throws(MissingFact) {
        let timeouts = EffectiveTimeouts(try server.timeouts.get())
        let superusers = Set(try server.roles.get().filter(\.isSuperuser).map(\.name))
        var open: [String: Set<String>] = [:]
        for owner in Self.pairs(try server.sessions.get()) where !superusers.contains(owner.user) {
            guard let seconds = timeouts.seconds(setting, role: owner.user, database: owner.database) else {
                throw MissingFact(
                    "the server's \(setting) cannot be seen from here: something is set for our own role or database")
            }
            if seconds > 0 {
                covered += 1
                largest = max(largest, seconds)
            } else {
                open[owner.user, default: []].insert(owner.database)
            }
        }
        gaps = open.map { Gap(role: $0.key, databases: $0.value.sorted()) }.sorted { $0.role < $1.role }
    }

    private struct Pair: Hashable {
        let user: String
        let database: String
    }

    private static func pairs(_ survey: SessionSurvey) -> [SessionOwner] {
        var seen: Set<Pair> = []
        return survey.groups.map(\.owner).filter {
            !$0.user.isEmpty && seen.insert(Pair(user: $0.user, database: $0.database)).inserted
        }
    }

    /// A finding for each role without, the last for all that are too many.
    func findings(
        _ setting: String, _ severity: CheckSeverity, value: String, because reason: String
    ) -> [Finding] {
        let told = gaps.prefix(Self.limit).map { gap in
            Finding(
                severity, subject: gap.role,
                "\(setting) is 0 for the role \(CheckText.name(gap.role)) in "
                    + "\(CheckText.list(gap.databases.map(CheckText.name))): \(reason).",
                evidence: [Evidence(setting, 0, .seconds), Evidence("databases", gap.databases.count)],
                remedy: Remedy("Set one for the role; new sessions have it. A batch role may have a larger one.")
                    .adding(.sql, "ALTER ROLE \(SQLName.identifier(gap.role)) SET \(setting) = '\(value)';"))
        }
        guard gaps.count > Self.limit else { return told }
        let rest = gaps.dropFirst(Self.limit).map(\.role)
        return told + [
            Finding(
                severity, "\(setting) is 0 for \(rest.count) more roles: \(CheckText.list(rest.map(CheckText.name))).",
                evidence: [Evidence("roles", rest.count)],
                remedy: Remedy("Set one for the whole server, and others for roles that need them.")
                    .adding(.sql, "ALTER SYSTEM SET \(setting) = '\(value)';", "SELECT pg_reload_conf();"))
        ]
    }

    /// The line of a check that passes.
    func passedLine(_ setting: String) -> String {
        covered == 0
            ? "no role but superusers was seen"
            : "\(setting) is set for every role seen, \(CheckText.seconds(largest)) at most"
    }
}
