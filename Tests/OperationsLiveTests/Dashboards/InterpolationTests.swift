import Operations
import OperationsSupport
import TestSupport
import Testing

@Suite("Variables, as Grafana fills them in")
struct InterpolationTests {
    @Test("every form of a variable is filled in; groups of label_replace and ends of regular expressions are not")
    func forms() throws {
        let values = Interpolation(["job": ".*", "target": "(a|b)", "__rate_interval": "4s"])
        #expect(
            try values.text(#"rate(x{job=~"$job", t=~"${target:regex}|[[target]]|${target}"}[$__rate_interval])"#)
                == #"rate(x{job=~".*", t=~"(a|b)|(a|b)|(a|b)"}[4s])"#)
        #expect(
            try values.text(#"label_replace(x, "a", "$1", "b", "c$")"#) == #"label_replace(x, "a", "$1", "b", "c$")"#)
        #expect(throws: Interpolation.UnknownVariable(name: "user")) { try values.text(#"x{user=~"$user"}"#) }
        #expect(throws: Interpolation.UnknownVariable(name: "job:percentencode")) {
            try values.text("${job:percentencode}")
        }
    }

    @Test("the rate interval holds four scrapes, or a step and one")
    func rateInterval() {
        let span = PrivatePrometheus.Span(start: 100, end: 190)
        #expect(Interpolation.builtIn(scrape: 1, step: 2, span: span)["__rate_interval"] == "4s")
        #expect(Interpolation.builtIn(scrape: 15, step: 120, span: span)["__rate_interval"] == "135s")
        #expect(Interpolation.builtIn(scrape: 1, step: 2, span: span)["__range"] == "90s")
    }

    @Test("All is what the dashboard says, else the options; each is escaped for PromQL")
    func all() {
        let source = GrafanaVariable.Source.labelValues(label: "target", selector: nil)
        #expect(GrafanaVariable(name: "t", source: source, allValue: ".*").all(of: ["a"]) == ".*")
        #expect(GrafanaVariable(name: "t", source: source).all(of: ["a"]) == "a")
        #expect(GrafanaVariable(name: "t", source: source).all(of: ["a.b", "c"]) == #"(a\\.b|c)"#)
    }

    @Test(
        "the queries of variables are understood",
        arguments: [
            ("label_values(x, job)", GrafanaVariable.Source.labelValues(label: "job", selector: "x")),
            (
                #"label_values(x{a=~"$a", b="c"}, user)"#,
                .labelValues(label: "user", selector: #"x{a=~"$a", b="c"}"#)
            ),
            ("label_values(job)", .labelValues(label: "job", selector: nil)),
            ("query_result(max(x))", .queryResult("max(x)")),
            ("metrics(x)", .unknown("metrics(x)")),
        ])
    func sources(_ query: String, _ expected: GrafanaVariable.Source) {
        let json = JSON.object(["name": .string("v"), "type": .string("query"), "query": .string(query)])
        #expect(GrafanaVariable(json).source == expected)
        let object = JSON.object([
            "name": .string("v"), "type": .string("query"), "query": .object(["query": .string(query)]),
        ])
        #expect(GrafanaVariable(object).source == expected)
    }

    @Test("options that are written down may have a text of their own")
    func fixed() {
        let json = JSON.object([
            "name": .string("v"), "type": .string("custom"), "query": .string("a, Shown : b ,c"),
        ])
        #expect(GrafanaVariable(json).source == .fixed(["a", "b", "c"]))
    }
}
