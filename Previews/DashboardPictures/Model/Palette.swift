/// Grafana's colours upon its dark ground.
enum Palette {
    static let page = "#111217"
    static let panel = "#181b1f"
    static let border = "#2a2d33"
    static let grid = "#26292f"
    static let text = "#ccccdc"
    static let faint = "#8e8f9b"

    /// Of the series of a graph, in their order.
    private static let classic = [
        "#73bf69", "#f2cc0c", "#8ab8ff", "#ff780a", "#f2495c", "#5794f2", "#b877d9", "#705da0", "#37872d", "#fade2a",
        "#447ebc", "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477", "#b7dbab", "#f4d598", "#70dbed", "#f9ba8f",
    ]

    private static let named = [
        "green": "#73bf69", "orange": "#ff9830", "red": "#f2495c", "dark-red": "#c4162a", "blue": "#5794f2",
        "yellow": "#fade2a", "purple": "#b877d9", "text": text,
    ]

    static func series(_ place: Int) -> String { classic[place % classic.count] }

    /// - Throws: a sentence, for a name that Grafana may know and we do not.
    static func hex(_ name: String) throws(PreviewError) -> String {
        if let hex = named[name] { return hex }
        guard name.wholeMatch(of: #/#[0-9a-fA-F]{6}/#) != nil else {
            throw PreviewError("“\(name)” is a colour that no preview knows: add it to Palette.named")
        }
        return name.lowercased()
    }

    /// Of a heatmap's cell, from a dark one for little (0) to a bright one for much (1).
    static func heat(_ share: Double) -> String {
        let stops: [(Double, Double, Double)] = [
            (74, 28, 6), (140, 45, 4), (217, 72, 1), (241, 105, 19), (253, 174, 107), (254, 230, 206),
        ]
        let place = min(max(share, 0), 1) * Double(stops.count - 1)
        let lower = min(Int(place), stops.count - 2)
        let (from, to, part) = (stops[lower], stops[lower + 1], place - Double(lower))
        let mixed = [(from.0, to.0), (from.1, to.1), (from.2, to.2)].map {
            Int(($0.0 + ($0.1 - $0.0) * part).rounded())
        }
        return "rgb(\(mixed[0]),\(mixed[1]),\(mixed[2]))"
    }
}
