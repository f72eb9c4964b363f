import Foundation
import Testing
import Yams

/// One alerting rule of the files in `alerts`. An alert with two severities is two of them.
struct Alert: Decodable, CustomTestStringConvertible {
    let alert: String
    let expr: String
    let `for`: String?
    let keepsFiringFor: String?
    let labels: [String: String]
    let annotations: [String: String]

    private enum CodingKeys: String, CodingKey {
        case alert, expr, `for`, labels, annotations
        case keepsFiringFor = "keep_firing_for"
    }

    /// Of `alerts/poolscope.yml`.
    static let all = Rules.poolscope.alerts

    /// The name and the severity: no two rules share both.
    var identity: String { "\(alert) \(severity)" }

    var severity: String { labels["severity"] ?? "" }

    /// The one that tells by its absence.
    var alwaysFires: Bool { expr.contains("vector(1)") }

    var testDescription: String { identity }

    var metrics: Set<String> { Alert.metrics(in: expr) }

    /// The numbers that something is compared with, 0 left out.
    var thresholds: Set<Double> {
        Set(expr.matches(of: />=? *([0-9.]+)/).compactMap { Double($0.1) }).subtracting([0])
    }

    /// The names of metrics in an expression; for what other rules record, what they record it of.
    static func metrics(in expression: String) -> Set<String> {
        let plain = Rules.withoutRecords(expression)
        return Set(plain.matches(of: /\b(?:poolscope|pgbouncer|pg)_[a-z_]+\b/).map { String($0.0) })
    }
}
