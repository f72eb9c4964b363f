import TestSupport

/// What Grafana puts in the place of variables.
package struct Interpolation: Sendable {
    /// From variable to text, ready for a query.
    package var values: [String: String]
    /// The variables of the dashboard that a text asked for and that have no value.
    package struct UnknownVariable: Error, Equatable, CustomStringConvertible {
        package let name: String
        package var description: String { "no variable $\(name)" }

        package init(name: String) {
            self.name = name
        }
    }

    package init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// Grafana's own variables, for a panel that shows a span with one point at each step.
    ///
    /// - Parameters:
    ///   - scrape: The scrape interval that the data source is told of, in seconds.
    ///   - step: In seconds.
    package static func builtIn(scrape: Double, step: Double, span: PrivatePrometheus.Span) -> [String: String] {
        let rate = max(4 * scrape, step + scrape)
        let range = Int(span.seconds.rounded(.up))
        return [
            "__rate_interval": "\(Int(rate.rounded(.up)))s", "__interval": "\(Int(step.rounded(.up)))s",
            "__interval_ms": "\(Int(step * 1_000))", "__range": "\(range)s", "__range_s": "\(range)",
            "__range_ms": "\(range * 1_000)",
        ]
    }

    /// - Throws: `UnknownVariable`. `$1` is not one: `label_replace` has such.
    package func text(_ template: String) throws(UnknownVariable) -> String {
        var unknown: UnknownVariable?
        let result = template.replacing(Self.pattern()) { match in
            let name = Self.name(in: match.output)
            guard let value = values[name] else {
                if Int(name) == nil { unknown = UnknownVariable(name: name) }
                return String(match.0)
            }
            return value
        }
        if let unknown { throw unknown }
        return result
    }

    /// The variables that a text names.
    package static func variables(in template: String) -> Set<String> {
        Set(template.matches(of: pattern()).map { name(in: $0.output) })
    }

    private typealias Match = (Substring, Substring?, Substring?, Substring?)

    private static func pattern() -> Regex<Match> {
        #/\$\{(\w+(?::\w+)?)\}|\$(\w+)|\[\[(\w+)\]\]/#
    }

    /// Without the formats that are the usual one in a query. Others stay part of the name, which is then unknown.
    private static func name(in match: Match) -> String {
        let name = match.1 ?? match.2 ?? match.3 ?? ""
        let parts = name.split(separator: ":")
        return parts.count == 2 && ["regex", "raw", "pipe"].contains(parts[1]) ? String(parts[0]) : String(name)
    }
}
