import Operations
import TestSupport

/// What a dashboard marks in its graphs.
package struct PreviewAnnotation: Sendable {
    package let expression: String
    let colour: String
    /// Whether the value is the time of the event, in milliseconds; else the event is while the value is above 0.
    let valueIsTime: Bool

    init(_ json: JSON) throws(PreviewError) {
        expression = json["expr"].string ?? ""
        colour = try Palette.hex(json["iconColor"].string ?? "")
        valueIsTime = json["useValueForTime"] == .bool(true)
    }

    /// - Parameter step: Points further from each other than this are two events.
    func event(from series: [PrivatePrometheus.Series], over grid: TimeGrid) -> GraphEvent {
        let points = series.flatMap(\.points)
        if valueIsTime {
            let range = grid.span.start...grid.span.end
            let times = Set(points.filter { $0.value.isFinite }.map { $0.value / 1_000 }).filter(range.contains)
            return GraphEvent(colour: colour, spans: times.sorted().map { $0...$0 })
        }
        let times = Set(points.filter { $0.value > 0 }.map(\.time)).sorted()
        let spans = times.reduce(into: [ClosedRange<Double>]()) { spans, time in
            if let last = spans.last, time - last.upperBound < grid.step * 1.5 {
                spans[spans.count - 1] = last.lowerBound...time
            } else {
                spans.append(time...time)
            }
        }
        return GraphEvent(colour: colour, spans: spans)
    }
}
