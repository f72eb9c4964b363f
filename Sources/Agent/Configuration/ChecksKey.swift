import Advisor

/// The keys of `checks`.
enum ChecksKey: String, ConfigurationKey {
    case snooze

    static let prefix = "checks."
    static let owner = "checks"

    var documentation: KeyDocumentation {
        KeyDocumentation(
            type: "list of snoozes", fallback: "none", bounds: "0 to \(AgentConfiguration.snoozeLimit)",
            meaning: "Checks whose findings do not count until a day.",
            example: "snooze: [{check: idle-share, until: 2027-01-31, reason: load test}]")
    }
}

/// The keys of one snooze.
enum SnoozeKey: String, ConfigurationKey {
    case check, until, reason, target

    static let prefix = "checks.snooze[]."
    static let owner = "a snooze"

    var documentation: KeyDocumentation {
        switch self {
        case .check:
            KeyDocumentation(
                type: "id of a check", fallback: "required", bounds: "one of docs/checks.md",
                meaning: "The check that sleeps.", example: "check: idle-share")
        case .until:
            KeyDocumentation(
                type: "day", fallback: "required", bounds: "`YYYY-MM-DD`",
                meaning: "The last day on which it sleeps, in UTC; after that it counts again.",
                example: "until: 2027-01-31")
        case .reason:
            KeyDocumentation(
                type: "text", fallback: "required", bounds: "1 to \(ConfigurationValue.reasonLimit) characters",
                meaning: "Why; the report says it.", example: "reason: load test until February")
        case .target:
            KeyDocumentation(
                type: "name of a target", fallback: "every target", bounds: "one of the file",
                meaning: "The target for which it sleeps.", example: "target: main")
        }
    }
}
