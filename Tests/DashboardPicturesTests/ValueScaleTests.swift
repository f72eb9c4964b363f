import DashboardPictures
import TestSupport
import Testing

/// Axes of values and of time.
@Suite("axes of the previews")
struct ValueScaleTests {
    @Test(
        "an axis holds its values, in few pretty steps",
        arguments: [
            (ValueUnit.count, 37.0, [0.0, 10, 20, 30, 40]), (.share, 0.97, [0, 0.25, 0.5, 0.75, 1]),
            (.seconds, 250, [0, 120, 240, 360]), (.bytes, 900, [0, 256, 512, 768, 1_024]),
            (.count, 2, [0, 0.5, 1, 1.5, 2]),
        ])
    func pretty(_ unit: ValueUnit, _ most: Double, _ expected: [Double]) {
        let scale = ValueScale(of: [0.5, most, .nan], minimum: 0, maximum: nil, unit: unit, count: 4)
        #expect(scale.ticks == expected)
        #expect(scale.share(of: most) <= 1)
        #expect(scale.share(of: 0) == 0)
    }

    @Test("an axis goes below zero where the values do")
    func negative() {
        let scale = ValueScale(of: [-12, 30], minimum: nil, maximum: nil, unit: .count, count: 4)
        #expect(scale.low <= -12)
        #expect(scale.high >= 30)
        #expect(scale.ticks.contains(0))
    }

    @Test("an axis of nothing, of zeros and of one value can be drawn", arguments: [[], [0], [7], [-3.5]])
    func degenerate(_ values: [Double]) {
        let scale = ValueScale(of: values, minimum: nil, maximum: nil, unit: .count, count: 4)
        #expect(scale.high > scale.low)
        #expect((2...51).contains(scale.ticks.count))
    }

    @Test("the time axis has whole minutes, in UTC")
    func time() {
        let start = 1_700_000_000.0  // 22:13:20
        let grid = TimeGrid(span: .init(start: start, end: start + 300), step: 2)
        #expect(grid.count == 151)
        #expect(grid.ticks(atMost: 5).map(\.text) == ["22:14", "22:15", "22:16", "22:17", "22:18"])
        #expect(TimeGrid.clock(start, seconds: true) == "22:13:20")
    }

    @Test("values take their places, and what is no number leaves a gap")
    func places() {
        let grid = TimeGrid(span: .init(start: 100, end: 108), step: 2)
        let points = [(100.0, 1.0), (104, .nan), (106, 3), (200, 9)].map {
            PrivatePrometheus.Point(time: $0.0, value: $0.1)
        }
        #expect(grid.values(of: points) == [1, nil, nil, 3, nil])
    }
}
