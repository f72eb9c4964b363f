/// A PromQL expression, as far as the checks look into it.
struct QueryText {
    /// The choice of series, with what is around it.
    struct Selector {
        let name: String
        let matchers: String
        /// The window behind it, without brackets.
        let window: String?
        /// The function that is called upon it alone.
        let function: String?

        var labels: Set<String> {
            Set(matchers.matches(of: /([a-z_]+)(?:=~|!~|!=|=)"/).map { String($0.1) })
        }
    }

    /// A list of labels: `by (…)`, `on (…)`, `group_left (…)`.
    struct Clause {
        let word: String
        let labels: [String]
    }

    let text: String

    init(_ text: String) { self.text = text }

    var selectors: [Selector] {
        text.matches(of: /(?:([a-z_]+)\()?([a-zA-Z_:][a-zA-Z0-9_:]*)?\{([^}]*)\}(?:\[([^\]]*)\])?/).map { match in
            Selector(
                name: String(match.2 ?? ""), matchers: String(match.3), window: match.4.map(String.init),
                function: match.1.map(String.init))
        }
    }

    var clauses: [Clause] {
        text.matches(of: /\b(by|without|on|ignoring|group_left|group_right) ?\(([^)]*)\)/).map { match in
            Clause(
                word: String(match.1),
                labels: match.2.split(separator: ",").map { $0.filter { $0 != " " } })
        }
    }

    /// Windows of subqueries, `1h` of `[1h:1m]`.
    var subqueries: [String] { text.matches(of: /\)\[([^:\]]*):[^\]]*\]/).map { String($0.1) } }

    /// Every word that could be the name of a metric.
    var words: [String] {
        text.replacing(/"[^"]*"/, with: "").matches(of: /[a-zA-Z_][a-zA-Z0-9_]*/).map { String($0.0) }
    }

    /// The labels that its result can have: those of the outermost aggregation, or of its series.
    func labels(in catalogue: SeriesCatalogue) -> Set<String> {
        let made = Set(text.matches(of: /label_replace\(.*?, "([a-z_]+)"/).map { String($0.1) })
        guard let aggregation = text.firstMatch(of: /\b(?:sum|min|max|avg|count)\b ?(?:(by|without) ?\(([^)]*)\))?/)
        else {
            return selectors.reduce(into: made) { $0.formUnion(catalogue.labels(of: $1.name)) }
        }
        guard aggregation.1 == "by" else { return made }
        return Set(aggregation.2?.split(separator: ", ").map(String.init) ?? []).subtracting(quantiled)
    }

    /// `le` ends in a quantile.
    private var quantiled: Set<String> { text.contains("histogram_quantile(") ? ["le"] : [] }
}
