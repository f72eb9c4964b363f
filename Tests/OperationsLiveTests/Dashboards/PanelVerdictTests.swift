import Operations
import TestSupport
import Testing

@Suite("What a panel may show")
struct PanelVerdictTests {
    private func result(_ values: [Double], labels: [String: String] = [:], count: Int = 1)
        -> PrivatePrometheus.RangeResult
    {
        let points = values.map { PrivatePrometheus.Point(time: 0, value: $0) }
        return .init(series: Array(repeating: .init(labels: labels, points: points), count: count))
    }

    @Test("nothing, or nothing but NaN and infinity, is empty")
    func empty() {
        let query = PanelQuery(expression: "x", legendLabels: ["a"], unit: "s")
        #expect(PanelVerdict.problems(of: result([], count: 0), for: query) == [.empty])
        #expect(PanelVerdict.problems(of: result([.nan, .infinity]), for: query) == [.empty])
        #expect(PanelVerdict.problems(of: result([.nan, 1], labels: ["a": "b"]), for: query) == [])
    }

    @Test("a warning is told, with or without data")
    func warnings() {
        let query = PanelQuery(expression: "x")
        let warned = PrivatePrometheus.RangeResult(series: [], warnings: ["w"])
        #expect(PanelVerdict.problems(of: warned, for: query) == [.warnings(["w"]), .empty])
    }

    @Test("a share is between 0 and 1, and some; a time is not a timestamp")
    func units() {
        let share = PanelQuery(expression: "x", unit: "percentunit")
        #expect(PanelVerdict.problems(of: result([1.2]), for: share) == [])
        #expect(PanelVerdict.problems(of: result([85]), for: share) == [.insane(unit: "percentunit", value: 85)])
        #expect(PanelVerdict.problems(of: result([1.8, 0.2, 0.1]), for: share) == [])
        let time = PanelQuery(expression: "x", unit: "s")
        #expect(PanelVerdict.problems(of: result([1_700_000_000]), for: time).count == 1)
        #expect(PanelVerdict.problems(of: result([.nan, 3]), for: time) == [])
    }

    @Test("more than fifty series are too many, but for a heatmap, which needs buckets")
    func series() {
        let lines = PanelQuery(expression: "x")
        #expect(PanelVerdict.problems(of: result([1], count: 50), for: lines) == [])
        #expect(PanelVerdict.problems(of: result([1], count: 51), for: lines) == [.tooManySeries(51)])
        let table = PanelQuery(type: "table", expression: "x")
        #expect(PanelVerdict.problems(of: result([1], count: 100), for: table) == [])
        #expect(PanelVerdict.problems(of: result([1], count: 101), for: table) == [.tooManySeries(101)])
        let heatmap = PanelQuery(type: "heatmap", expression: "x", unit: "percentunit")
        #expect(PanelVerdict.problems(of: result([99], labels: ["le": "1"], count: 60), for: heatmap) == [])
        #expect(PanelVerdict.problems(of: result([1]), for: heatmap) == [.noBuckets])
    }

    @Test("what the legend shows must be there")
    func legend() {
        let query = PanelQuery(expression: "x", legendLabels: ["target", "user"])
        #expect(
            PanelVerdict.problems(of: result([1], labels: ["target": "main"]), for: query)
                == [.legendLabelMissing("user")])
    }

    @Test("a panel's own unit, one of its query, and none where others may apply")
    func unitOverrides() throws {
        func query(_ overrides: [JSON]) -> PanelQuery? {
            let panel = JSON.object([
                "fieldConfig": .object([
                    "defaults": .object(["unit": .string("s")]), "overrides": .array(overrides),
                ])
            ])
            return PanelQuery(
                dashboard: "", panel: panel, target: .object(["expr": .string("x"), "refId": .string("B")]))
        }
        func override(_ id: String, _ options: String) -> JSON {
            .object([
                "matcher": .object(["id": .string(id), "options": .string(options)]),
                "properties": .array([.object(["id": .string("unit"), "value": .string("short")])]),
            ])
        }
        #expect(query([])?.unit == "s")
        #expect(query([override("byFrameRefID", "B")])?.unit == "short")
        #expect(query([override("byName", "Value #B")])?.unit == "short")
        #expect(query([override("byFrameRefID", "A"), override("byName", "Value #A")])?.unit == "s")
        #expect(try #require(query([override("byName", "cores")])).unit == nil)
    }
}
