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

    static func settings(of rules: SamplingRules) -> [Setting] {
        [
            Setting(key: slow, values: ["\(rules.slow.seconds)"]),
            Setting(key: leak, values: ["\(rules.leakSeconds)"]),
            Setting(key: seriesLimit, values: ["\(rules.seriesLimit)"]),
        ]
            + rules.slow.overrides.map {
                Setting(key: slowOverride, values: [$0.database ?? "", $0.user ?? "", "\($0.seconds)"])
            }
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
        default:
            return false
        }
        return true
    }

    /// A recording may come from anybody: what no configuration can say is not taken from it, either.
    private static func seconds(_ text: String?) -> Double? {
        text.flatMap(Double.init).flatMap { 0...1e9 ~= $0 ? $0 : nil }
    }
}
