/// The axes of a graph or a heatmap, and the room between them.
struct PlotFrame {
    let left: Double
    let top = 6.0
    let right: Double
    let bottom: Double
    let size: PanelSize
    let grid: TimeGrid

    /// - Parameter labels: What stands at the left: the widest needs its room.
    init(size: PanelSize, grid: TimeGrid, labels: [String]) {
        self.size = size
        self.grid = grid
        left = Self.width(of: labels) + 10
        right = size.width - 6
        bottom = size.height - 18
    }

    var width: Double { max(right - left, 1) }
    var height: Double { max(bottom - top, 1) }

    func x(_ time: Double) -> Double { left + grid.share(of: time) * width }

    /// - Parameter share: 0 at the bottom, 1 at the top.
    func y(_ share: Double) -> Double { bottom - share * height }

    /// About as wide as our font draws the longest of the texts at 11 pixels.
    static func width(of labels: [String]) -> Double { Double(labels.map(\.count).max() ?? 0) * 6.3 }

    /// Lines for the times, with their names below.
    var timeAxis: [Markup] {
        grid.ticks(atMost: max(2, Int(width / 72))).flatMap { time, text -> [Markup] in
            let x = x(time)
            let line = Markup.line(from: (x, top), to: (x, bottom), colour: Palette.grid)
            // A name that would stand half outside is left out; its line is not.
            let half = Self.width(of: [text]) / 2
            guard x + half < size.width, x - half > 0 else { return [line] }
            return [line, .label(text, x: x, y: size.height - 4, anchor: "middle")]
        }
    }

    /// Lines for the values, with their names at the left.
    func valueAxis(_ scale: ValueScale, _ unit: ValueUnit) -> [Markup] {
        scale.ticks.flatMap { tick -> [Markup] in
            let y = y(scale.share(of: tick))
            return [
                .line(from: (left, y), to: (right, y), colour: Palette.grid),
                .label(unit.tick(tick), x: left - 6, y: y + 4, anchor: "end"),
            ]
        }
    }
}
