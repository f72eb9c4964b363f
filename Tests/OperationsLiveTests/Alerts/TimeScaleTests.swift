import OperationsSupport
import Testing

@Suite("Minutes as seconds")
struct TimeScaleTests {
    private let scale = TimeScale(factor: 60)

    @Test(
        "durations are shorter by the factor",
        arguments: [
            ("1m", "1s"), ("5m", "5s"), ("90s", "1500ms"), ("1h30m", "90s"), ("3d", "4320s"), ("0s", "0s"),
            ("soon", "soon"),
        ])
    func durations(_ duration: String, _ expected: String) {
        #expect(scale.scaled(duration) == expected)
    }

    @Test("a range stays as long as a rate needs, and is never made longer")
    func ranges() {
        #expect(scale.expression("rate(x[5m])") == "rate(x[5s])")
        #expect(scale.expression("rate(x[1m])") == "rate(x[4s])")
        #expect(scale.expression("rate(x[2s])") == "rate(x[2s])")
        #expect(scale.expression("max_over_time(x[1h:30s])") == "max_over_time(x[60s:500ms])")
        #expect(scale.expression("max_over_time(x[1h:])") == "max_over_time(x[60s:])")
    }

    @Test("offsets are scaled; what stands in quotes, thresholds and labels are not")
    func expressions() {
        #expect(scale.expression("x offset 2h > 300") == "x offset 120s > 300")
        #expect(scale.expression("x offset -1h") == "x offset -60s")
        #expect(scale.expression(#"x{le=~"[5m]", y='[1h]'}"#) == #"x{le=~"[5m]", y='[1h]'}"#)
        #expect(scale.expression(#"rate(x{y="a\"[5m]"}[10m])"#) == #"rate(x{y="a\"[5m]"}[10s])"#)
    }

    @Test("of a rule, everything that takes time is scaled and the rest is kept")
    func document() throws {
        let text = """
            groups:
              - name: g
                interval: 30s
                rules:
                  - record: level:metric:rate5m
                    expr: rate(x[5m])
                  - alert: PgX
                    expr: x > 60
                    for: 1m
                    keep_firing_for: 5m
                    labels: {severity: warning}
                    annotations: {summary: 'over [5m]'}
            """
        let document = try #require(try RuleDocument(parsing: text))
        let scaled = scale.document(document)
        let rules = [
            RuleDocument.Rule(record: "level:metric:rate5m", expr: "rate(x[5s])"),
            RuleDocument.Rule(
                alert: "PgX", expr: "x > 60", holdsFor: "1s", keepsFiringFor: "5s", labels: ["severity": "warning"],
                annotations: ["summary": "over [5m]"]),
        ]
        #expect(scaled == RuleDocument(groups: [.init(name: "g", interval: "500ms", rules: rules)]))
        #expect(try RuleDocument(parsing: scaled.text()) == scaled)
    }

    @Test("a file without groups is no file of rules")
    func notRules() throws {
        #expect(try RuleDocument(parsing: "route: {receiver: pager}") == nil)
    }
}
