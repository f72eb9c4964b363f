import Yams

/// A file of Prometheus rules, as far as the tests change it.
package struct RuleDocument: Codable, Equatable {
    package struct Group: Codable, Equatable {
        package var name: String
        package var interval: String?
        package var rules: [Rule]

        package init(name: String, interval: String? = nil, rules: [Rule]) {
            self.name = name
            self.interval = interval
            self.rules = rules
        }
    }

    /// An alert or a recording rule.
    package struct Rule: Codable, Equatable {
        package var alert: String?
        package var record: String?
        package var expr: String
        package var holdsFor: String?
        package var keepsFiringFor: String?
        package var labels: [String: String]?
        package var annotations: [String: String]?

        package init(
            alert: String? = nil, record: String? = nil, expr: String, holdsFor: String? = nil,
            keepsFiringFor: String? = nil, labels: [String: String]? = nil, annotations: [String: String]? = nil
        ) {
            self.alert = alert
            self.record = record
            self.expr = expr
            self.holdsFor = holdsFor
            self.keepsFiringFor = keepsFiringFor
            self.labels = labels
            self.annotations = annotations
        }

        private enum CodingKeys: String, CodingKey {
            case alert, record, expr, labels, annotations
            case holdsFor = "for"
            case keepsFiringFor = "keep_firing_for"
        }
    }

    package var groups: [Group]

    package init(groups: [Group]) {
        self.groups = groups
    }

    /// Nil when the text is YAML without groups.
    ///
    /// - Throws: the error of Yams.
    package init?(parsing text: String) throws {
        guard let top = try Yams.load(yaml: text) as? [String: Any], top["groups"] != nil else { return nil }
        self = try YAMLDecoder().decode(RuleDocument.self, from: text)
    }

    /// Whether any of its rules needs a metric that only Poolscope has.
    package var asksForPoolscope: Bool { groups.flatMap(\.rules).contains { $0.expr.contains("poolscope_") } }

    package func text() throws -> String { try YAMLEncoder().encode(self) }
}
