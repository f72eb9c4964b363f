import TestSupport

/// Lines and areas over time, thresholds, and a legend with the last and the greatest values.
struct GraphDrawing {
    /// A series, ready to be drawn.
    private struct Line {
        let name: String
        let colour: String
        let style: FieldStyle
        let values: [Double?]
        /// What it stands upon: the sum of those below in its stack.
        var base: [Double]?

        var tops: [Double?] {
            guard let base else { return values }
            return zip(values, base).map { value, base in value.map { $0 + base } }
        }

        var last: Double? { values.last { $0 != nil } ?? nil }
        var most: Double? { values.compactMap(\.self).max() }
    }

    private let panel: PreviewPanel
    private let grid: TimeGrid
    private let events: [GraphEvent]
    private let size: PanelSize
    private let lines: [Line]

    /// More lines than these are not drawn, and the legend says how many.
    private static let mostLines = 30
    private static let legendRows = 4

    init(_ panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid, events: [GraphEvent], size: PanelSize) {
        self.panel = panel
        self.grid = grid
        self.events = events
        self.size = size
        lines = Self.lines(of: panel, answers, grid)
    }

    private static func lines(of panel: PreviewPanel, _ answers: [PanelAnswer], _ grid: TimeGrid) -> [Line] {
        let named = answers.flatMap { answer in
            answer.series.map { (answer.query.name(of: $0.labels), grid.values(of: $0.points)) }
        }
        var sum = [Double](repeating: 0, count: grid.count)
        return named.filter { $0.1.contains { $0 != nil } }.enumerated().map { place, series in
            let style = panel.style(of: series.0)
            var line = Line(
                name: series.0, colour: style.colour ?? Palette.series(place), style: style, values: series.1)
            if style.isStacked {
                line.base = sum
                sum = zip(sum, series.1).map { $0 + ($1 ?? 0) }
            }
            return line
        }
    }

    var markup: Markup {
        guard !lines.isEmpty else { return .block("nothing", [.text("No data")]) }
        let rows = min(lines.count, Self.legendRows) + (lines.count > Self.legendRows ? 1 : 0)
        let plot = PanelSize(width: size.width, height: size.height - Double(rows + 1) * 17 - 4)
        return .svg(plot, drawn(in: plot)) + legend
    }

    private func drawn(in plot: PanelSize) -> [Markup] {
        let style = panel.style
        let scale = ValueScale(
            of: lines.flatMap { $0.tops.compactMap(\.self) }, minimum: style.minimum, maximum: style.maximum,
            unit: style.unit, count: max(2, Int(plot.height / 42)))
        let frame = PlotFrame(size: plot, grid: grid, labels: scale.ticks.map(style.unit.tick))
        let shown = lines.prefix(Self.mostLines)
        return frame.timeAxis + frame.valueAxis(scale, style.unit) + events.flatMap { $0.drawn(in: frame) }
            + shown.map { area($0, frame, scale) } + shown.map { line($0, frame, scale) } + thresholds(frame, scale)
    }

    private func thresholds(_ frame: PlotFrame, _ scale: ValueScale) -> [Markup] {
        panel.style.thresholds.compactMap { threshold in
            guard let from = threshold.from, from > scale.low, from <= scale.high else { return nil }
            let y = frame.y(scale.share(of: from))
            return .line(
                from: (frame.left, y), to: (frame.right, y), colour: threshold.colour, dash: "8 6", opacity: 0.8)
        }
    }

    /// Places of values without a gap between them.
    private func runs(of line: Line) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for place in line.values.indices where line.values[place] != nil {
            if let last = runs.last, last.upperBound == place {
                runs[runs.count - 1] = last.lowerBound..<place + 1
            } else {
                runs.append(place..<place + 1)
            }
        }
        return runs
    }

    private func point(_ place: Int, _ value: Double, _ frame: PlotFrame, _ scale: ValueScale) -> String {
        let y = frame.y(min(max(scale.share(of: value), 0), 1))
        return "\(Markup.pixels(frame.x(grid.time(at: place)))) \(Markup.pixels(y))"
    }

    private func area(_ line: Line, _ frame: PlotFrame, _ scale: ValueScale) -> Markup {
        guard line.style.fillOpacity > 0 else { return .nothing }
        let tops = line.tops
        let path = runs(of: line).map { run in
            let above = run.map { point($0, tops[$0] ?? 0, frame, scale) }
            let below = run.reversed().map { point($0, line.base?[$0] ?? scale.low, frame, scale) }
            return "M" + (above + below).joined(separator: "L") + "Z"
        }
        return .element(
            "path",
            [
                "d": path.joined(), "fill": line.colour, "fill-opacity": Markup.pixels(line.style.fillOpacity),
            ])
    }

    private func line(_ line: Line, _ frame: PlotFrame, _ scale: ValueScale) -> Markup {
        let tops = line.tops
        let path = runs(of: line).map { run in
            // A value alone between two gaps is a dot.
            let points = run.map { point($0, tops[$0] ?? 0, frame, scale) }
            return "M" + (points.count == 1 ? points + points : points).joined(separator: "L")
        }
        return .element(
            "path",
            [
                "d": path.joined(), "fill": "none", "stroke": line.colour, "stroke-linejoin": "round",
                "stroke-width": Markup.pixels(line.style.lineWidth + 0.3), "stroke-linecap": "round",
                "stroke-dasharray": line.style.isDashed ? "8 6" : "none",
            ])
    }

    private var legend: Markup {
        let sorted = lines.enumerated().sorted {
            ($0.element.most ?? 0, $1.offset) > ($1.element.most ?? 0, $0.offset)
        }.map(\.element)
        let head = Markup.block(
            "legend top",
            [
                .block("name", []), .block("number", [.text("Last")]), .block("number", [.text("Max")]),
            ])
        let rows = sorted.prefix(Self.legendRows).map { line in
            Markup.block(
                "legend",
                [
                    .block("key", style: "background:\(line.colour)", []), .block("name", [.text(line.name)]),
                    .block("number", [.text(line.last.map { line.style.text(of: $0) } ?? "")]),
                    .block("number", [.text(line.most.map { line.style.text(of: $0) } ?? "")]),
                ])
        }
        let more = lines.count - Self.legendRows
        let rest = more > 0 ? [Markup.block("legend top", [.block("name", [.text("and \(more) more")])])] : []
        return .block("legends", [head] + rows + rest)
    }
}
