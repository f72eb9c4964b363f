/// The saturation of the last minutes as a small drawing, with the same in words for those who do not see it.
enum Sparkline {
    private static let width = 120
    private static let height = 24

    /// An SVG element without styles or scripts; empty when nothing is known.
    /// - Parameter values: shares between 0 and 1, oldest first; above 1 is drawn as 1. Nil is a gap.
    static func svg(_ values: [Double?]) -> String {
        let known = values.compactMap { $0 }
        guard let lowest = known.min(), let highest = known.max() else { return "" }
        let words =
            "over the last \(words(seconds: values.count * SaturationHistory.resolution)): between "
            + "\(StatusText.percent(lowest)) and \(StatusText.percent(highest))"
        let lines = strokes(values).map { "<polyline points=\"\($0)\"/>" }.joined()
        return """
            <svg class="spark" role="img" aria-label="\(words)" viewBox="0 0 \(width) \(height)" \
            width="\(width)" height="\(height)" focusable="false">\
            <line x1="0" y1="1" x2="\(width)" y2="1"/>\(lines)</svg>
            """
    }

    private static func words(seconds: Int) -> String {
        seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min"
    }

    /// The points of each stretch without a gap. The newest value is at the right edge.
    private static func strokes(_ values: [Double?]) -> [String] {
        let step = Double(width) / Double(SaturationHistory.slots - 1)
        let offset = SaturationHistory.slots - values.count
        var strokes: [[String]] = [[]]
        for (index, value) in values.enumerated() {
            guard let value else {
                if strokes.last?.isEmpty == false { strokes.append([]) }
                continue
            }
            let x = tenths(Double(index + offset) * step)
            let y = tenths(1 + (1 - min(max(value, 0), 1)) * Double(height - 2))
            strokes[strokes.count - 1].append("\(x),\(y)")
        }
        return strokes.filter { !$0.isEmpty }.map { points in
            // A single point has no length: it would not be seen.
            (points.count == 1 ? points + points.map(shifted) : points).joined(separator: " ")
        }
    }

    private static func shifted(_ point: String) -> String {
        let parts = point.split(separator: ",")
        let x = Double(parts.first ?? "0") ?? 0
        return "\(tenths(x - 1)),\(parts.last ?? "0")"
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
