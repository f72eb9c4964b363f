import Observations

/// The sampling rules of a target in a recording: settings as texts.
///
/// The place to extend when `SamplingRules` or `LabelRules` grow: a line in `settings`, and one in `apply`. A recording
/// without a setting gets its default; a reader that does not know one says so.
enum RecordedRules {
    struct Setting: Sendable, Equatable {
        let key: String
        let values: [String]
    }

    private static let slow = "slow_seconds"
    /// Database and role (either empty for every one) and the threshold; there may be several, in their order.
    private static let slowOverride = "slow_seconds_override"
    private static let leak = "leak_seconds"
    private static let seriesLimit = "series_limit"
    private static let serverBudget = "server_budget"
    /// Label, action, whether there is a pattern ("1" or "0"), pattern, replacement; there may be several, in their order.
    private static let labelRule = "label_rule"

    static func settings(of rules: SamplingRules) -> [Setting] {
        [
            Setting(key: slow, values: ["\(rules.slow.seconds)"]),
            Setting(key: leak, values: ["\(rules.leakSeconds)"]),
            Setting(key: seriesLimit, values: ["\(rules.seriesLimit)"]),
            Setting(key: serverBudget, values: ["\(rules.serverBudget)"]),
        ]
            + rules.slow.overrides.map {
                Setting(key: slowOverride, values: [$0.database ?? "", $0.user ?? "", "\($0.seconds)"])
            }
            + rules.labels.rules.map {
                Setting(
                    key: labelRule,
                    values: [
                        $0.label.rawValue, $0.action.rawValue, $0.pattern == nil ? "0" : "1", $0.pattern?.text ?? "",
                        $0.replacement.text,
                    ])
            }
    }

    /// What holds where a recording says nothing: the defaults, but those that it was made without.
    static var initial: SamplingRules {
        var rules = SamplingRules()
        rules.serverBudget = 0
        return rules
    }

    /// - Returns: Whether the setting was understood.
    static func apply(_ setting: Setting, to rules: inout SamplingRules) -> Bool {
        let values = setting.values
        switch setting.key {
        case slow:
            guard let seconds = seconds(values.first) else { return false }
            rules.slow.seconds = seconds
        case slowOverride:
            guard values.count == 3, let seconds = seconds(values[2]) else { return false }
            rules.slow.overrides.append(
                SlowThresholds.Override(
                    database: values[0].isEmpty ? nil : values[0], user: values[1].isEmpty ? nil : values[1],
                    seconds: seconds))
        case leak:
            guard let seconds = seconds(values.first) else { return false }
            rules.leakSeconds = seconds
        case seriesLimit:
            guard let limit = values.first.flatMap(Int.init), 1...1_000_000 ~= limit else { return false }
            rules.seriesLimit = limit
        case serverBudget:
            guard let share = values.first.flatMap(Double.init), 0...1 ~= share else { return false }
            rules.serverBudget = share
        case labelRule:
            guard rules.labels.rules.count < labelRuleLimit, let rule = rule(values) else { return false }
            rules.labels = LabelRules(rules.labels.rules + [rule])
        default:
            return false
        }
        return true
    }

    /// More than any configuration can have.
    private static let labelRuleLimit = 1_000

    private static func rule(_ values: [String]) -> LabelRule? {
        guard values.count == 5, let label = LabelRules.Label(rawValue: values[0]),
            let action = LabelRule.Action(rawValue: values[1]), values[3].utf8.count <= 4 * LabelPattern.lengthLimit
        else { return nil }
        do throws(LabelPatternError) {
            let pattern = values[2] == "1" ? try LabelPattern(values[3]) : nil
            let replacement = try LabelReplacement(values[4], groupCount: pattern?.groupCount ?? 0)
            return LabelRule(
                label, action, pattern: pattern, replacement: values[4].isEmpty ? .empty : replacement)
        } catch {
            return nil
        }
    }

    /// A recording may come from anybody: what no configuration can say is not taken from it, either.
    private static func seconds(_ text: String?) -> Double? {
        text.flatMap(Double.init).flatMap { 0...1e9 ~= $0 ? $0 : nil }
    }
}
