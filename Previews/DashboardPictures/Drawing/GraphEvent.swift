/// Something that happened, marked in every graph: an annotation of the dashboard.
package struct GraphEvent: Sendable, Equatable {
    let colour: String
    /// When it was so, in seconds since 1970; a moment begins and ends at once.
    let spans: [ClosedRange<Double>]

    /// A moment is a line, and what lasts is a bar at the foot of the graph.
    func drawn(in frame: PlotFrame) -> [Markup] {
        spans.flatMap { span -> [Markup] in
            let (from, to) = (frame.x(span.lowerBound), frame.x(span.upperBound))
            guard from >= frame.left - 1, to <= frame.right + 1 else { return [] }
            if span.lowerBound < span.upperBound {
                return [.rectangle(x: from, y: frame.bottom, width: to - from, height: 2, colour: colour)]
            }
            return [
                .line(from: (from, frame.top), to: (from, frame.bottom), colour: colour, dash: "3 3"),
                .element(
                    "path",
                    [
                        "d": "M\(Markup.pixels(from - 4)) \(Markup.pixels(frame.bottom + 5))l4 -5l4 5Z", "fill": colour,
                    ]),
            ]
        }
    }
}
