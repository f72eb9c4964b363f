import Foundation

/// An arc for each series, with the thresholds around it.
struct GaugeDrawing {
    private let panel: PreviewPanel
    private let values: [(name: String, value: Double)]
    private let size: PanelSize

    private static let most = 6

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], size: PanelSize) {
        self.panel = panel
        self.size = size
        values = Array(PanelAnswer.lastValues(of: answers).prefix(Self.most))
    }

    var markup: Markup {
        guard !values.isEmpty else { return .block("nothing", [.text(panel.noValue)]) }
        let width = size.width / Double(values.count)
        let radius = min(width / 2 - 14, size.height * 0.5)
        return .svg(
            size,
            values.enumerated().flatMap { place, value in
                gauge(value.name, value.value, x: width * (Double(place) + 0.5), radius: radius)
            })
    }

    private func gauge(_ name: String, _ value: Double, x: Double, radius: Double) -> [Markup] {
        let style = panel.style(of: name)
        let (low, high) = (style.minimum ?? 0, style.maximum ?? 1)
        let y = radius + 14
        func share(_ value: Double) -> Double { min(max((value - low) / (high - low), 0), 1) }
        let edges = style.thresholds.map { share($0.from ?? low) } + [1]
        let ring = style.thresholds.indices.map { place in
            arc(x, y, radius, from: edges[place], to: edges[place + 1], style.thresholds[place].colour, width: 3)
        }
        return ring + [
            arc(x, y, radius - 12, from: 0, to: 1, Palette.grid, width: 16),
            arc(x, y, radius - 12, from: 0, to: share(value), style.colour(of: value), width: 16),
            .element(
                "text",
                [
                    "x": Markup.pixels(x), "y": Markup.pixels(y + 6), "text-anchor": "middle", "class": "big",
                    "fill": style.colour(of: value),
                ], [.text(style.text(of: value))]),
            .label(name, x: x, y: min(y + radius * 0.78 + 8, size.height - 6), anchor: "middle", colour: Palette.text),
        ]
    }

    /// A part of a bow of 250°, open below.
    private func arc(
        _ x: Double, _ y: Double, _ radius: Double, from: Double, to: Double, _ colour: String, width: Double
    ) -> Markup {
        func point(_ share: Double) -> String {
            let angle = (-215 + 250 * share) * .pi / 180
            return "\(Markup.pixels(x + radius * cos(angle))) \(Markup.pixels(y + radius * sin(angle)))"
        }
        guard to > from else { return .nothing }
        let radius = Markup.pixels(radius)
        return .element(
            "path",
            [
                "d": "M\(point(from))A\(radius) \(radius) 0 \((to - from) * 250 > 180 ? 1 : 0) 1 \(point(to))",
                "fill": "none", "stroke": colour, "stroke-width": Markup.pixels(width),
            ])
    }
}

extension PanelAnswer {
    /// The last finite value of each series.
    static func lastValues(of answers: [PanelAnswer]) -> [(name: String, value: Double)] {
        answers.flatMap { answer in
            answer.series.compactMap { series in
                series.points.last { $0.value.isFinite }.map { (answer.query.name(of: series.labels), $0.value) }
            }
        }
    }
}
