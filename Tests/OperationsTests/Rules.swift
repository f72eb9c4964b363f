import Foundation
import Yams

/// What a file of rules holds.
struct Rules: Decodable {
    /// A rule that records a series.
    struct Record: Decodable {
        let record: String
        let expr: String
    }

    let groups: [Group]

    struct Group: Decodable {
        let name: String
        let interval: String?
        let rules: [Rule]
    }

    enum Rule: Decodable {
        case alert(Alert)
        case record(Record)

        private enum Keys: CodingKey { case record }

        init(from decoder: any Decoder) throws {
            let isRecord = try decoder.container(keyedBy: Keys.self).contains(.record)
            self = try isRecord ? .record(Record(from: decoder)) : .alert(Alert(from: decoder))
        }
    }

    var alerts: [Alert] {
        groups.flatMap(\.rules).compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
    }

    var records: [Record] {
        groups.flatMap(\.rules).compactMap { if case .record(let record) = $0 { record } else { nil } }
    }

    /// What is recorded anywhere, and of what: the names differ from file to file.
    private static let recorded = Dictionary(
        [poolscope, read("alerts/peers.yml")].flatMap(\.records).map { ($0.record, $0.expr) }
    ) { first, _ in first }

    /// The expression with what other rules record replaced by their expressions.
    static func withoutRecords(_ expression: String) -> String {
        let plain = expression.replacing(/[a-z_]+:[a-z0-9_]+:[a-z0-9_]+/) { match in
            recorded[String(match.output)].map { "(\($0))" } ?? String(match.output)
        }
        return plain == expression ? plain : withoutRecords(plain)
    }

    static let poolscope = read("alerts/poolscope.yml")

    /// The rules of a file of this repository.
    static func read(_ path: String) -> Rules {
        do {
            return try YAMLDecoder().decode(Rules.self, from: Repository.text(path))
        } catch {
            preconditionFailure("\(path) cannot be read: \(error)")
        }
    }
}
