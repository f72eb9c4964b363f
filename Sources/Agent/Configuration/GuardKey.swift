import Sessions

/// The keys of the guard, at the top of the file for all servers, and in a target for itself.
enum GuardKey: String, ConfigurationKey {
    case mode, policies
    case rateLimit = "rate_limit"
    case auditLog = "audit_log"

    static let prefix = "guard."
    static let owner = "the guard"

    /// The row of `guard` itself.
    static let documentation = KeyDocumentation(
        type: "mapping", fallback: "off", bounds: "–",
        meaning: "Policies by which sessions are ended; see [The guard](guard.md).",
        example: "guard: {mode: dry_run, policies: [{name: slow, when: statement, longer_than: 5m, action: cancel}]}")

    /// The same in a target.
    static let targetDocumentation = KeyDocumentation(
        type: "mapping", fallback: "the top-level `guard`", bounds: "not for a PgBouncer",
        meaning: "The same for this target; what it leaves out is as at the top.", example: "guard: {mode: \"off\"}")

    var documentation: KeyDocumentation {
        switch self {
        case .mode:
            KeyDocumentation(
                type: GuardMode.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "`\(GuardMode.off.rawValue)`", bounds: "–",
                meaning: "Whether it only says what it would do, or does it.", example: "mode: dry_run")
        case .policies:
            KeyDocumentation(
                type: "list of policies", fallback: "none", bounds: "0 to \(GuardSettings.policyLimit)",
                meaning: "What is done to whom. Of several the first counts that still has something to do.",
                example: "policies: [{name: slow, when: statement, longer_than: 5m, action: cancel}]")
        case .rateLimit:
            KeyDocumentation(
                type: "whole number", fallback: "`\(GuardSettings.defaultRateLimit)`",
                bounds: "\(GuardSettings.rateLimitBounds.lowerBound) to \(GuardSettings.rateLimitBounds.upperBound)",
                meaning: "The most actions on one server within 60 s.", example: "rate_limit: 5")
        case .auditLog:
            KeyDocumentation(
                type: "path", fallback: "none", bounds: "–",
                meaning: "A file that gets a line of each action; relative to the directory of the configuration file.",
                example: "audit_log: /var/log/poolscope/guard.log")
        }
    }
}

/// The keys of one policy of the guard.
enum GuardPolicyKey: String, ConfigurationKey {
    case name, when
    case longerThan = "longer_than"
    case action, mode, applications, users, databases, targets

    static let prefix = "guard.policies[]."
    static let owner = "a policy"

    var documentation: KeyDocumentation {
        switch self {
        case .name:
            KeyDocumentation(
                type: "text", fallback: "required",
                bounds: "1 to \(TargetNaming.limit) of `A-Z a-z 0-9 _ . : -`, unique",
                meaning: "The value of the label `policy`.", example: "name: idle-checkout")
        case .when:
            KeyDocumentation(
                type: GuardPolicy.Trigger.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "required", bounds: "–", meaning: "What a session must be at.",
                example: "when: idle_in_transaction")
        case .longerThan:
            KeyDocumentation(
                type: "duration", fallback: "required",
                bounds:
                    "\(Self.words(GuardSettings.longerThanBounds)); for `leaked_idle` \(Self.words(RulesKey.leakBounds))",
                meaning: "For how long it must have been at it.", example: "longer_than: 10m")
        case .action:
            KeyDocumentation(
                type: SessionAction.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "), fallback: "required",
                bounds: "`cancel` only for `statement`",
                meaning: "The utmost that is done. A statement is always cancelled first.", example: "action: terminate"
            )
        case .mode:
            KeyDocumentation(
                type: "as of the guard", fallback: "the guard's", bounds: "–",
                meaning: "The policy's own mode, where it is less than the guard's: to try out a new one.",
                example: "mode: dry_run")
        case .applications:
            lists("applications, by their own name or that of the client behind a watched pooler", "web-*")
        case .users: lists("roles", "app")
        case .databases: lists("databases", "shop")
        case .targets: lists("targets, by name", "main")
        }
    }

    private static func words(_ bounds: ClosedRange<Duration>) -> String {
        "`\(DurationText.format(bounds.lowerBound))` to `\(DurationText.format(bounds.upperBound))`"
    }

    private func lists(_ what: String, _ example: String) -> KeyDocumentation {
        KeyDocumentation(
            type: "`only` and `except`", fallback: "all", bounds: "–", meaning: "For which \(what).",
            example: "\(rawValue): {only: [\"\(example)\"]}")
    }
}

/// The keys of what chooses by name: they say what they do, where “allow” and “deny” could be read both ways.
enum GuardNamesKey: String, ConfigurationKey {
    case only, except

    static let prefix = "guard.policies[].applications."
    static let owner = "lists of names, where “only” says whom the policy is for and “except” whom it leaves alone"

    var documentation: KeyDocumentation {
        let bounds = "1 to \(GuardNames.limit), of 0 to \(NamePattern.lengthLimit) characters"
        switch self {
        case .only:
            return KeyDocumentation(
                type: "list of names", fallback: "all", bounds: bounds,
                meaning: "Whom the policy is for. A `*` stands for anything.", example: "only: [checkout, \"web-*\"]")
        case .except:
            return KeyDocumentation(
                type: "list of names", fallback: "none", bounds: bounds,
                meaning: "Whom it leaves alone, also where `only` has them.", example: "except: [\"*-backup\"]")
        }
    }
}
