import TestSupport
import Testing

@Suite("Text format reader")
struct MetricsTextTests {
    @Test("names, labels, escapes, special values and timestamps are read")
    func reads() throws {
        let text = try MetricsText(
            parsing: #"""
                # HELP a_total A \\ and a\nline.
                # TYPE a_total counter
                a_total{x="q\"\\\n,}",y=""} 1.5e3 1700000000000
                a_total{x="other"} +Inf
                b NaN

                """#)
        #expect(text.types == ["a_total": "counter"])
        #expect(text.helps == ["a_total": "A \\ and a\nline."])
        #expect(text.series("a_total", ["x": "q\"\\\n,}"]) == 1500)
        #expect(text.all("a_total", ["y": ""]).count == 1)
        #expect(text.series("a_total") == nil, "two series fit")
        #expect(text.sum("a_total") == .infinity)
        #expect(text.series("b")?.isNaN == true)
    }

    @Test(
        "a malformed line is an error with its number",
        arguments: [
            "a", "a{", "a{x} 1", #"a{x="1} 1"#, #"a{x="\t"} 1"#, #"a{x="1",x="2"} 1"#, "a 1 2 3", "1a 1", "a one",
            "a 1\na 1",
            "# TYPE a counter\n# TYPE a gauge", "# TYPE a thing",
        ])
    func refuses(line: String) {
        let error = #expect(throws: MetricsText.SyntaxError.self) { try MetricsText(parsing: line + "\n") }
        #expect(error?.line == line.split(separator: "\n").count)
    }
}
