import DashboardPictures
import Operations
import OperationsSupport
import TestSupport
import Testing

/// From the JSON of a dashboard to what can be drawn.
@Suite("dashboards of the previews")
struct PreviewDashboardTests {
    private static let grid = TimeGrid(span: .init(start: 1_700_000_000, end: 1_700_000_300), step: 2)

    @Test("every shipped dashboard can be drawn, with data and without")
    func shipped() throws {
        let dashboards = try PreviewDashboard.shipped()
        #expect(dashboards.count == DashboardID.allCases.count)
        for dashboard in dashboards {
            #expect(!dashboard.annotations.isEmpty)
            for panel in dashboard.panels {
                let empty = PanelDrawing(panel, [], Self.grid).markup(top: 0).description
                let full = PanelDrawing(panel, panel.queries.map(Self.answer), Self.grid).markup(top: 0).description
                #expect(empty.contains(Markup.text(panel.title).description))
                guard panel.kind != .row else { continue }
                #expect(full != empty, "\(dashboard.path), “\(panel.title)” is drawn as if it had no data")
                for nonsense in ["nan", "inf", "NaN", "Infinity"] {
                    #expect(!full.contains("\"\(nonsense)"), "\(dashboard.path), “\(panel.title)”")
                }
            }
        }
    }

    /// Two series that rise, with every label that a legend or a heatmap may want.
    private static func answer(_ query: PreviewQuery) -> PanelAnswer {
        let series = [("0.1", 1.0), ("+Inf", 3.0)].map { bound, factor in
            let labels = ["le": bound, "target": "main \(bound)", "alertname": "PgX", "datname": "shop"]
            let times =
                query.isInstant ? [grid.span.end] : Array(stride(from: grid.span.start, to: grid.span.end, by: 2))
            return PrivatePrometheus.Series(
                labels: labels, points: times.map { .init(time: $0, value: factor * ($0 - grid.span.start + 1)) })
        }
        return PanelAnswer(query: query, series: series)
    }

    private static func dashboard(panel: String) throws(PreviewError) -> PreviewDashboard {
        try PreviewDashboard(path: "dashboards/d.json", text: #"{"title": "D", "panels": [\#(panel)]}"#)
    }

    @Test(
        "what no preview can draw is an error that names file, panel and thing",
        arguments: [
            (#"{"title": "P", "type": "piechart", "gridPos": {"x":0,"y":0,"w":4,"h":4}}"#, "“piechart”"),
            (#"{"title": "P", "type": "stat"}"#, "gridPos"),
            (
                #"""
                {"title": "P", "type": "stat", "gridPos": {"x":0,"y":0,"w":4,"h":4},
                "fieldConfig": {"defaults": {"unit": "furlong"}}}
                """#, "furlong"
            ),
            (
                #"""
                {"title": "P", "type": "table", "gridPos": {"x":0,"y":0,"w":4,"h":4},
                "transformations": [{"id": "groupBy"}]}
                """#, "groupBy"
            ),
            (
                #"""
                {"title": "P", "type": "stat", "gridPos": {"x":0,"y":0,"w":4,"h":4},
                "fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "mauve", "value": null}]}}}}
                """#, "mauve"
            ),
        ])
    func refused(_ panel: String, _ thing: String) {
        let error = #expect(throws: PreviewError.self) { try Self.dashboard(panel: panel) }
        for part in ["dashboards/d.json", "“P”", thing] {
            #expect(error?.description.contains(part) == true, "\(String(describing: error))")
        }
    }

    @Test("a file that is no JSON is named")
    func noJSON() {
        let error = #expect(throws: PreviewError.self) { try PreviewDashboard(path: "dashboards/x.json", text: "{") }
        #expect(error?.description.hasPrefix("dashboards/x.json is no JSON") == true)
    }

    @Test("the variables of every query can be given a value")
    func variables() throws {
        for dashboard in try PreviewDashboard.shipped() {
            var values = Interpolation(Interpolation.builtIn(scrape: 5, step: 2, span: Self.grid.span))
            for (_, variable) in dashboard.variables { values.values[variable.name] = ".*" }
            for query in dashboard.panels.flatMap(\.queries) {
                let text = try values.text(query.expression)
                #expect(!text.contains("$__") && !text.contains("$job"))
            }
        }
    }

    @Test("a legend takes its words from the labels, without holes")
    func legend() {
        let query = PreviewQuery(["legendFormat": "{{target}} {{database}} {{ user }}"])
        #expect(query.name(of: ["target": "main", "user": "web"]) == "main web")
        #expect(PreviewQuery(["legendFormat": "{{state}}"]).name(of: [:]) == "Value")
    }

    @Test("rows of two queries are one where their labels agree")
    func merged() {
        func answer(_ letter: String, _ series: [([String: String], Double)]) -> PanelAnswer {
            PanelAnswer(
                query: PreviewQuery(["refId": .string(letter)]),
                series: series.map { .init(labels: $0.0, points: [.init(time: 1, value: $0.1)]) })
        }
        let table = MergedTable([
            answer("A", [(["target": "a", "kind": "k"], 1), (["target": "b", "kind": "k"], 2)]),
            answer("B", [(["target": "b", "__name__": "up"], 3)]), answer("C", []),
        ])
        #expect(table.fields == ["kind", "target", "Value #A", "Value #B"])
        #expect(
            table.rows == [
                ["target": .label("a"), "kind": .label("k"), "Value #A": .value(1)],
                ["target": .label("b"), "kind": .label("k"), "Value #A": .value(2), "Value #B": .value(3)],
            ])
    }

    @Test("text and attributes are escaped")
    func escaped() {
        let markup = Markup.element("p", ["title": "a\"b'<&>"], [.text("<script>&\"'")])
        #expect(
            markup.description
                == "<p title=\"a&quot;b&#39;&lt;&amp;&gt;\">&lt;script&gt;&amp;&quot;&#39;</p>")
    }
}
