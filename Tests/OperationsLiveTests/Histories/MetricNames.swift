import OperationsSupport

/// The names in an expression of PromQL that may be those of metrics; what stands in quotes is not, but for `__name__`
/// matchers, which are regular expressions and not looked at.
enum MetricNames {
    static func words(in expression: String) -> Set<String> {
        let bare = expression.replacing(#/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/#, with: "\"\"")
        return Set(bare.matches(of: #/[A-Za-z_:][A-Za-z0-9_:]*/#).map { String($0.0) })
    }

    /// Those, and the words of the recording rules among them, and so on.
    static func words(in expressions: [String], through documents: [RuleDocument]) -> Set<String> {
        let recorded = documents.flatMap(\.groups).flatMap(\.rules).compactMap { rule in
            rule.record.map { ($0, rule.expr) }
        }
        var words = expressions.reduce(into: Set()) { $0.formUnion(Self.words(in: $1)) }
        while true {
            let more = recorded.filter { words.contains($0.0) }.reduce(into: words) {
                $0.formUnion(Self.words(in: $1.1))
            }
            guard more.count > words.count else { return words }
            words = more
        }
    }

    /// The longest range or offset in an expression, in seconds; 0 where there is none.
    static func longestWindow(of expression: String) -> Double {
        let bare = expression.replacing(#/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/#, with: "\"\"")
        let ranges = bare.matches(of: #/\[([0-9a-z]+)/#).map { String($0.1) }
        let offsets = bare.matches(of: #/\boffset\s+-?([0-9a-z]+)/#).map { String($0.1) }
        return (ranges + offsets).compactMap(TimeScale.seconds).max() ?? 0
    }

    /// The longest, the recording rules among the names included.
    static func longestWindow(of expression: String, through documents: [RuleDocument]) -> Double {
        let names = words(in: [expression], through: documents)
        let recorded = documents.flatMap(\.groups).flatMap(\.rules).filter { $0.record.map(names.contains) ?? false }
        return ([expression] + recorded.map(\.expr)).map(longestWindow).max() ?? 0
    }
}
