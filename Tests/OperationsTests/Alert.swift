import Foundation
import Testing
import Yams

/// One alert of `alerts/poolscope.yml`.
struct Alert: Decodable, CustomTestStringConvertible {
    let alert: String
    let expr: String
    let `for`: String?
    let labels: [String: String]
    let annotations: [String: String]

    static let file = "alerts/poolscope.yml"

    private struct RuleFile: Decodable {
        struct Group: Decodable {
            let rules: [Alert]
        }
        let groups: [Group]
    }

    static let all: [Alert] = {
        do {
            return try YAMLDecoder().decode(RuleFile.self, from: Repository.text(file)).groups.flatMap(\.rules)
        } catch {
            preconditionFailure("\(file) cannot be read: \(error)")
        }
    }()

    var testDescription: String { alert }

    var metrics: Set<String> { Alert.metrics(in: expr) }

    /// The numbers that something is compared with, 0 left out.
    var thresholds: Set<Double> {
        Set(expr.matches(of: />=? *([0-9.]+)/).compactMap { Double($0.1) }).subtracting([0])
    }

    /// The names of metrics in an expression.
    static func metrics(in expression: String) -> Set<String> {
        Set(expression.matches(of: /\b(?:poolscope|pgbouncer|pg)_[a-z_]+\b/).map { String($0.0) })
    }
}
