import Testing

/// What makes a rule that is valid wrong all the same: it cannot fire, fires always, or breaks when a label changes.
@Suite("lint of rules", .timeLimit(.minutes(2)))
struct RuleLintTests {
    /// One rule of one file.
    struct Case: CustomTestStringConvertible {
        let file: String
        let name: String
        let expression: Expression
        let isAlert: Bool
        var testDescription: String { "\(file) \(name)" }
    }

    static let files = ["alerts/poolscope.yml", "alerts/peers.yml"]

    private static let rules = Dictionary(uniqueKeysWithValues: files.map { ($0, Rules.read($0)) })

    private static func rules(of file: String) -> Rules { rules[file] ?? Rules(groups: []) }

    private static let cases: [Case] = files.flatMap { file in
        let rules = rules(of: file)
        return rules.alerts.map {
            Case(file: file, name: $0.identity, expression: Expression($0.expr), isAlert: true)
        }
            + rules.records.map {
                Case(file: file, name: $0.record, expression: Expression($0.expr), isAlert: false)
            }
    }

    @Test("an alert compares something, or is the one that always fires", arguments: cases.filter(\.isAlert))
    func compares(_ rule: Case) {
        let expression = rule.expression
        #expect(expression.bare.contains(/[=!<>]=|[<>]/) || expression.text.contains("vector(1)"))
    }

    @Test("no function that chooses, or that Prometheus 3 calls otherwise", arguments: cases)
    func functions(_ rule: Case) {
        #expect(
            !rule.expression.bare.contains(
                /\b(?:topk|bottomk|limitk|holt_winters|double_exponential_smoothing|irate)\b/))
    }

    @Test("what only grows is asked for its rate, and what goes up and down is not", arguments: cases)
    func rates(_ rule: Case) {
        for selector in rule.expression.selectors {
            guard let family = MetricCatalogue.published[selector.name] else { continue }
            let isRated =
                selector.hasRange && (selector.before.hasSuffix("rate(") || selector.before.hasSuffix("increase("))
            #expect(isRated == family.isCumulative, "\(selector.name)")
        }
    }

    @Test("a division by series says by which labels they belong together", arguments: cases)
    func divisions(_ rule: Case) {
        for match in rule.expression.bare.matches(of: /\/\s*(.{1,9})/) {
            #expect(match.1.contains(/^(?:on \(|ignoring|[0-9])/), "\(match.0)")
        }
    }

    @Test("metrics are in the catalogue, with the labels that they are asked for", arguments: cases)
    func catalogue(_ rule: Case) {
        let records = Set(Self.rules(of: rule.file).records.map(\.record))
        for selector in rule.expression.selectors {
            if selector.name.contains(":") {
                #expect(records.contains(selector.name), "\(selector.name) is recorded nowhere in \(rule.file)")
                continue
            }
            let families = Self.families(of: selector)
            #expect(!families.isEmpty, "\(selector.name) is not in docs/metrics.md")
            for family in families {
                let known = family.labels.union(MetricCatalogue.common).union(
                    selector.name.hasSuffix("_bucket") ? ["le"] : [])
                #expect(Set(selector.matchers.map(\.label)).isSubset(of: known), "\(selector.name)")
            }
        }
    }

    /// Those that it names, or matches by name.
    private static func families(of selector: Expression.Selector) -> [MetricCatalogue.Family] {
        if !selector.name.isEmpty { return MetricCatalogue.published[selector.name].map { [$0] } ?? [] }
        guard let pattern = selector.matchers.first(where: { $0.label == "__name__" })?.value,
            let regex = try? Regex(pattern)
        else { return [] }
        return MetricCatalogue.published.families.filter { $0.key.wholeMatch(of: regex) != nil }.map(\.value)
    }

    /// The labels of the catalogue and those that a file's rules make.
    private static let labels = Dictionary(
        uniqueKeysWithValues: files.map { file in
            let made = cases.filter { $0.file == file }.reduce(into: Set<String>()) {
                $0.formUnion($1.expression.made)
            }
            return (file, MetricCatalogue.published.labels.union(made))
        })

    @Test("labels by which series are matched and added up are labels of the catalogue, or made here", arguments: cases)
    func labels(_ rule: Case) {
        #expect(rule.expression.grouping.isSubset(of: Self.labels[rule.file] ?? []))
    }

    @Test("the labels that an alert's texts name exist", arguments: files)
    func templates(_ file: String) {
        let made = Self.cases.filter { $0.file == file }.reduce(into: Set<String>()) {
            $0.formUnion($1.expression.made)
        }
        let known = MetricCatalogue.published.labels.union(made)
        for alert in Self.rules(of: file).alerts {
            let named = alert.annotations.values.flatMap { $0.matches(of: /\$labels\.([a-z_]+)/).map { String($0.1) } }
            #expect(Set(named).isSubset(of: known), "\(alert.identity)")
            #expect(!alert.labels.values.contains { $0.contains("$value") }, "\(alert.identity)")
        }
    }

    @Test("a pattern is used where a value alone would not do", arguments: cases)
    func patterns(_ rule: Case) {
        for matcher in rule.expression.selectors.flatMap(\.matchers) where matcher.operator.hasSuffix("~") {
            #expect(matcher.value.contains(/[|*+?.\[(]/), "\(matcher.label)\(matcher.operator)\"\(matcher.value)\"")
        }
    }

    @Test("rules look back no further than Prometheus keeps, and no less than four scrapes", arguments: cases)
    func spans(_ rule: Case) {
        for seconds in rule.expression.spans {
            #expect((60...7 * 86_400).contains(seconds), "\(seconds) s")
        }
    }

    @Test("rules are evaluated before what they record is stale", arguments: files)
    func intervals(_ file: String) throws {
        for group in Self.rules(of: file).groups {
            guard let interval = group.interval else { continue }
            let match = try #require(interval.wholeMatch(of: /([0-9]+)([sm])/), "\(group.name)")
            let seconds = try #require(Int(match.1)) * (match.2 == "m" ? 60 : 1)
            #expect((15..<300).contains(seconds), "\(group.name)")
        }
    }

    @Test("what is recorded is named level:metric:operations, recorded once, and used", arguments: files)
    func records(_ file: String) {
        let names = Self.rules(of: file).records.map(\.record)
        #expect(Set(names).count == names.count)
        var used = Self.cases.filter { $0.file == file }.reduce(into: Set<String>()) {
            $0.formUnion($1.expression.recorded)
        }
        for query in Dashboard.all.flatMap(\.queries) { used.formUnion(Expression(query.expression).recorded) }
        for name in names {
            #expect(name.wholeMatch(of: /[a-z_]+:[a-z][a-z0-9_]*:[a-z][a-z0-9_]*/) != nil, "\(name)")
            #expect(used.contains(name), "\(name) is used nowhere")
        }
    }

    @Test("no two rules ask the same", arguments: files)
    func duplicates(_ file: String) {
        let expressions = Self.cases.filter { $0.file == file }.map(\.expression.text)
        #expect(Set(expressions).count == expressions.count)
    }

    @Test("the lint sees what it looks for")
    func sighted() {
        let expression = Expression(
            """
            sum by (job) (rate(a_total{x=~"y", z!="{1}"}[5m])) / c:d_total:sum > on (job) group_left () 2 * (b offset 1d)
            """)
        #expect(expression.selectors.map(\.name) == ["a_total", "c:d_total:sum", "b"])
        #expect(expression.selectors.map(\.hasRange) == [true, false, false])
        #expect(expression.selectors.first?.before.hasSuffix("rate(") == true)
        #expect(expression.selectors.first?.matchers.map(\.label) == ["x", "z"])
        #expect(expression.recorded == ["c:d_total:sum"])
        #expect(expression.grouping == ["job"])
        #expect(expression.spans == [300, 86_400])
        #expect(expression.bare.contains(/\/\s*c:/))
        #expect(Expression("label_replace(x, \"d\", \"$1\", \"s\", \"(.*)\")").made == ["d"])
    }
}
