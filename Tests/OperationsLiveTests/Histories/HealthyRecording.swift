import Foundation
import TestSupport

/// A recorded while of health, told again and again until it is half an hour, as a unit test of `promtool`.
struct HealthyRecording: Sendable {
    /// How long the scenario is healthy, and how long one tile is.
    static let seconds = 20
    /// Between two samples of the half hour, in seconds.
    static let step = 5
    static let length = 1_800

    /// What becomes of a value from one tile to the next.
    enum Kind: Sendable, Equatable {
        case gauge
        /// Goes on from where it was.
        case counter
        /// Seconds since 1970, which begin at 0 in the test.
        case timestamp
        /// The same, of a moment that stays where it is.
        case moment
    }

    private let start: Double
    private let series: [PrivatePrometheus.Series]
    private let types: [String: String]

    /// - Parameters:
    ///   - types: From family to its type, as the catalogue has them.
    init(_ series: [PrivatePrometheus.Series], start: Double, types: [String: String]) {
        self.start = start
        self.series = series
        self.types = types
    }

    func kind(of name: String) -> Kind {
        if name.hasSuffix("_timestamp_seconds"), !name.contains("oldest") { return .timestamp }
        if name.hasSuffix("_start_time_seconds") || name.hasSuffix("_created") || name.hasSuffix("_stats_reset") {
            return .moment
        }
        if types[name] == "counter" { return .counter }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            if types[String(name.dropLast(suffix.count))] == "histogram" { return .counter }
        }
        return .gauge
    }

    /// The input of `promtool test rules`: in it none of the alerts may fire, at any minute.
    ///
    /// - Parameter changing: What becomes of a value, for tests of the test.
    func unitTest(
        rules files: [String], silent alerts: [String], changing change: ([String: String], Double) -> Double = { $1 }
    ) -> String {
        var text = "rule_files: [\(files.joined(separator: ", "))]\nevaluation_interval: 15s\ntests:\n"
        text += "  - interval: \(Self.step)s\n    input_series:\n"
        for one in series {
            let values = halfHour(of: one).map { $0.map { Self.text(change(one.labels, $0)) } ?? "_" }
            text +=
                "      - {series: \(Self.quoted(Self.selector(one.labels))), values: '\(values.joined(separator: " "))'}\n"
        }
        text += "    alert_rule_test:\n"
        for alert in alerts {
            for minute in stride(from: 1, through: Self.length / 60, by: 1) {
                text += "      - {alertname: \(alert), eval_time: \(minute)m, exp_alerts: []}\n"
            }
        }
        return text
    }

    /// One value for each step; nil where there was none.
    func halfHour(of one: PrivatePrometheus.Series) -> [Double?] {
        let kind = kind(of: one.labels["__name__"] ?? "")
        let perTile = Self.seconds / Self.step
        let tile = (0...perTile).map { index in
            let time = start + Double(index * Self.step)
            return one.points.last { $0.time <= time && $0.time > time - Double(Self.step) }?.value
        }
        let growth = (tile.last ?? nil).flatMap { last in tile.first.flatMap { $0 }.map { max(last - $0, 0) } } ?? 0
        return (0..<(Self.length / Self.step)).map { index in
            guard let value = tile[index % perTile] else { return nil }
            let tiles = Double(index / perTile)
            return switch kind {
            case .gauge: value
            case .counter: value + growth * tiles
            case .timestamp: value - start + tiles * Double(Self.seconds)
            case .moment: value - start
            }
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    private static func selector(_ labels: [String: String]) -> String {
        let pairs = labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }.map { name, value in
            let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            return "\(name)=\"\(escaped)\""
        }
        return (labels["__name__"] ?? "") + "{" + pairs.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }
}
