import Observations

/// The keys that say how samples become metrics: at the top of the file for all targets, and in a target for itself.
///
/// They are cases of `AgentKey` and `TargetKey`; this is where they are written once.
enum RulesKey: CaseIterable {
    case slowThreshold, slowOverrides, leakThreshold, seriesLimit, serverBudget, labels

    static let slowBounds: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    static let leakBounds: ClosedRange<Duration> = .seconds(10) ... .seconds(86_400)
    static let seriesLimitBounds = 1...10_000
    /// Of a budget that there is.
    static let serverBudgetBounds = 0.000_1...1.0
    static let serverBudgetWords =
        "\(percentage(serverBudgetBounds.lowerBound)) to \(percentage(serverBudgetBounds.upperBound)), or off"
    static let slowOverridesLimit = 100
    static let labelsLimit = 50

    /// The row of the key at the top of the file.
    var documentation: KeyDocumentation {
        let defaults = SamplingRules()
        switch self {
        case .slowThreshold:
            return KeyDocumentation(
                type: "duration", fallback: "`\(DurationText.format(.seconds(defaults.slow.seconds)))`",
                bounds: words(Self.slowBounds),
                meaning: "From when on a statement counts as slow.", example: "slow_threshold: 5s")
        case .slowOverrides:
            return KeyDocumentation(
                type: "list of overrides", fallback: "none", bounds: "0 to \(Self.slowOverridesLimit)",
                meaning: "Other thresholds for some databases and roles; the first that matches counts.",
                example: "slow_overrides: [{database: reports, threshold: 1m}]")
        case .leakThreshold:
            return KeyDocumentation(
                type: "duration", fallback: "`\(DurationText.format(.seconds(defaults.leakSeconds)))`",
                bounds: words(Self.leakBounds),
                meaning: "Idle for longer, a connection may be leaked.", example: "leak_threshold: 5m")
        case .seriesLimit:
            return KeyDocumentation(
                type: "whole number", fallback: "`\(defaults.seriesLimit)`",
                bounds: "\(Self.seriesLimitBounds.lowerBound) to \(Self.seriesLimitBounds.upperBound)",
                meaning: "The most series of one family by labels that clients choose; see Budgets.",
                example: "series_limit: 200")
        case .serverBudget:
            return KeyDocumentation(
                type: "percentage or ratio", fallback: "`\(percentage(defaults.serverBudget))`",
                bounds: Self.serverBudgetWords,
                meaning: "The share of one core of the server that sampling may take; see What sampling costs.",
                example: "server_budget: 1%")
        case .labels:
            return KeyDocumentation(
                type: "list of label rules", fallback: "none", bounds: "0 to \(Self.labelsLimit)",
                meaning: "What becomes of names that clients choose; see Label rules.",
                example: "labels: [{label: usename, action: drop}]")
        }
    }

    /// The row of the key in a target.
    var targetDocumentation: KeyDocumentation {
        let top = documentation
        let name = top.example.prefix { $0 != ":" }
        return KeyDocumentation(
            type: top.type, fallback: "the top-level `\(name)`", bounds: top.bounds,
            meaning: "The same for this target, instead of what the top says.", example: top.example)
    }
}

/// Which keys of a mapping are the rules'.
struct RulesKeys<Key: ConfigurationKey> {
    let slowThreshold: Key
    let slowOverrides: Key
    let leakThreshold: Key
    let seriesLimit: Key
    let serverBudget: Key
    let labels: Key
}

extension RulesKeys<AgentKey> {
    static let agentKeys = RulesKeys(
        slowThreshold: .slowThreshold, slowOverrides: .slowOverrides, leakThreshold: .leakThreshold,
        seriesLimit: .seriesLimit, serverBudget: .serverBudget, labels: .labels)
}

extension RulesKeys<TargetKey> {
    static let targetKeys = RulesKeys(
        slowThreshold: .slowThreshold, slowOverrides: .slowOverrides, leakThreshold: .leakThreshold,
        seriesLimit: .seriesLimit, serverBudget: .serverBudget, labels: .labels)
}

/// The keys of one override of the slow threshold.
enum SlowOverrideKey: String, ConfigurationKey {
    case database, user, threshold

    static let prefix = "slow_overrides[]."
    static let owner = "an override"

    var documentation: KeyDocumentation {
        switch self {
        case .database:
            KeyDocumentation(
                type: "text", fallback: "every database",
                bounds: "1 to \(ConfigurationValue.clusterLimit) characters; this or `user`",
                meaning: "The database whose statements it is for.", example: "database: reports")
        case .user:
            KeyDocumentation(
                type: "text", fallback: "every role",
                bounds: "1 to \(ConfigurationValue.clusterLimit) characters; this or `database`",
                meaning: "The role whose statements it is for.", example: "user: batch")
        case .threshold:
            KeyDocumentation(
                type: "duration", fallback: "required", bounds: words(RulesKey.slowBounds),
                meaning: "From when on these count as slow.", example: "threshold: 1m")
        }
    }
}

/// The keys of one label rule.
enum LabelRuleKey: String, ConfigurationKey {
    case label, action, regex, replacement

    static let prefix = "labels[]."
    static let owner = "a label rule"

    var documentation: KeyDocumentation {
        switch self {
        case .label:
            KeyDocumentation(
                type: LabelRules.Label.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "required", bounds: "–", meaning: "The label whose values it is for.",
                example: "label: application_name")
        case .action:
            KeyDocumentation(
                type: LabelRule.Action.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                fallback: "`\(LabelRule.Action.replace.rawValue)`", bounds: "–",
                meaning: "What matches becomes the replacement; what does not match becomes “other”; what matches "
                    + "becomes empty.", example: "action: replace")
        case .regex:
            KeyDocumentation(
                type: "regular expression", fallback: "everything; required for `keep`",
                bounds: "0 to \(LabelPattern.lengthLimit) characters",
                meaning: "What the whole value must match.", example: "regex: \"web-[0-9a-f]+-(.*)\"")
        case .replacement:
            KeyDocumentation(
                type: "text", fallback: "required for `replace`", bounds: "only for `replace`",
                meaning: "What takes the place of the value; `$1`, `${1}` for groups, `$$` for a dollar sign.",
                example: "replacement: \"web-$1\"")
        }
    }
}

private func words(_ range: ClosedRange<Duration>) -> String {
    "`\(DurationText.format(range.lowerBound))` to `\(DurationText.format(range.upperBound))`"
}

private func percentage(_ ratio: Double) -> String {
    let percent = ratio * 100
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
}
