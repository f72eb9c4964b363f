import Yams

/// A file of Prometheus rules, as far as the tests change it.
struct RuleDocument: Codable, Equatable {
    struct Group: Codable, Equatable {
        var name: String
        var interval: String?
        var rules: [Rule]
    }

    /// An alert or a recording rule.
    struct Rule: Codable, Equatable {
        var alert: String?
        var record: String?
        var expr: String
        var holdsFor: String?
        var keepsFiringFor: String?
        var labels: [String: String]?
        var annotations: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case alert, record, expr, labels, annotations
            case holdsFor = "for"
            case keepsFiringFor = "keep_firing_for"
        }
    }

    var groups: [Group]

    init(groups: [Group]) {
        self.groups = groups
    }

    /// Nil when the text is YAML without groups.
    ///
    /// - Throws: the error of Yams.
    init?(parsing text: String) throws {
        guard let top = try Yams.load(yaml: text) as? [String: Any], top["groups"] != nil else { return nil }
        self = try YAMLDecoder().decode(RuleDocument.self, from: text)
    }

    /// Whether any of its rules needs a metric that only Poolscope has.
    var asksForPoolscope: Bool { groups.flatMap(\.rules).contains { $0.expr.contains("poolscope_") } }

    func text() throws -> String { try YAMLEncoder().encode(self) }
}
