/// Makes minutes into seconds: rules whose `for`, `keep_firing_for`, intervals, ranges and offsets are shorter by a
/// factor, so that a test sees in a minute what takes an hour.
///
/// Not scaled are thresholds (a wait of 5 s is one of 5 s) and numbers of seconds in arithmetic
/// (`predict_linear(…, 14400)`).
package struct TimeScale {
    package let factor: Double
    /// No range becomes shorter: `rate` needs two scrapes in it. In seconds.
    package var shortestRange = 4.0
    /// No group is evaluated more often. In seconds.
    package var shortestInterval = 0.5

    package init(factor: Double) {
        self.factor = factor
    }

    package func document(_ document: RuleDocument) -> RuleDocument {
        var document = document
        for group in document.groups.indices {
            document.groups[group].interval = document.groups[group].interval.map {
                scaled($0, atLeast: shortestInterval)
            }
            for rule in document.groups[group].rules.indices {
                document.groups[group].rules[rule] = self.rule(document.groups[group].rules[rule])
            }
        }
        return document
    }

    private func rule(_ rule: RuleDocument.Rule) -> RuleDocument.Rule {
        var rule = rule
        rule.expr = expression(rule.expr)
        rule.holdsFor = rule.holdsFor.map { scaled($0) }
        rule.keepsFiringFor = rule.keepsFiringFor.map { scaled($0) }
        return rule
    }

    /// An expression with other ranges and offsets; what stands in quotes stays.
    package func expression(_ text: String) -> String {
        let pattern = #/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\[([^\]]*)\]|\boffset\s+(-?)([0-9a-z]+)/#
        return text.replacing(pattern) { match in
            if let range = match.1 {
                let parts = range.split(separator: ":", omittingEmptySubsequences: false)
                let scaledParts = parts.enumerated().map { index, part in
                    part.isEmpty ? "" : scaled(String(part), atLeast: index == 0 ? shortestRange : shortestInterval)
                }
                return "[" + scaledParts.joined(separator: ":") + "]"
            }
            if let offset = match.3 { return "offset \(match.2 ?? "")\(scaled(String(offset)))" }
            return String(match.0)
        }
    }

    /// A duration of Prometheus; one that cannot be read stays as it is, for Prometheus to complain of.
    package func scaled(_ duration: String, atLeast least: Double = 0) -> String {
        guard let seconds = Self.seconds(duration) else { return duration }
        return Self.text(max(seconds / factor, min(seconds, least)))
    }

    /// What Prometheus calls a duration: `5m`, `1h30m`, `500ms`.
    package static func seconds(_ duration: String) -> Double? {
        let units = ["ms": 0.001, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000]
        let parts = duration.matches(of: #/(\d+)(ms|[smhdwy])/#)
        guard !parts.isEmpty, parts.map({ String($0.0) }).joined() == duration else { return nil }
        return parts.reduce(0) { $0 + (Double($1.1) ?? 0) * (units[String($1.2)] ?? 0) }
    }

    private static func text(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1_000).rounded())
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
    }
}
