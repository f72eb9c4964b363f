import Operations

/// How the values of a field look: Grafana's `fieldConfig`, as far as our dashboards use it.
struct FieldStyle: Sendable {
    /// From which value on which colour.
    struct Threshold: Sendable, Equatable {
        /// Nil for the first.
        let from: Double?
        let colour: String
    }

    enum Cell: Sendable, Equatable {
        case text
        case coloured
        case gauge
    }

    var unit = ValueUnit.count
    var decimals: Int?
    var minimum: Double?
    var maximum: Double?
    var thresholds: [Threshold] = []
    var mappings: [ValueMapping] = []
    /// Whatever its place among the others is.
    var colour: String?
    var isStacked = false
    /// 0 to 1.
    var fillOpacity = 0.0
    var lineWidth = 1.0
    var isDashed = false
    var cell = Cell.text

    /// - Parameter defaults: What Grafana calls `fieldConfig.defaults`.
    /// - Throws: a sentence about what no preview knows.
    init(defaults: JSON) throws(PreviewError) {
        for name in ["unit", "decimals", "min", "max", "thresholds", "mappings"] where defaults[name] != .null {
            try set(name, defaults[name])
        }
        for name in ["stacking", "fillOpacity", "lineWidth", "lineStyle", "cellOptions"] {
            let value = defaults["custom"][name]
            if value != .null { try set("custom.\(name)", value) }
        }
    }

    /// Sets a property by Grafana's name for it.
    mutating func set(_ property: String, _ value: JSON) throws(PreviewError) {
        switch property {
        case "unit":
            guard let unit = value.string.flatMap(ValueUnit.init) else {
                throw PreviewError(
                    "the unit \(value.canonical()) is none that a preview can write: add it to ValueUnit")
            }
            self.unit = unit
        case "decimals": decimals = value.integer
        case "min": minimum = value.double
        case "max": maximum = value.double
        case "thresholds":
            var steps: [Threshold] = []
            for step in value["steps"].elements {
                steps.append(Threshold(from: step["value"].double, colour: try Palette.hex(step["color"].string ?? "")))
            }
            thresholds = steps
        case "mappings":
            var all: [ValueMapping] = []
            for mapping in value.elements { all += try ValueMapping.all(mapping) }
            mappings = all
        case "color": if let fixed = value["fixedColor"].string { colour = try Palette.hex(fixed) }
        case "custom.stacking": isStacked = value["mode"].string == "normal"
        case "custom.fillOpacity": fillOpacity = (value.double ?? 0) / 100
        case "custom.lineWidth": lineWidth = value.double ?? 1
        case "custom.lineStyle": isDashed = value["fill"].string == "dash"
        case "custom.cellOptions": cell = try Self.cell(value["type"].string ?? "")
        // A picture leads nowhere.
        case "links": break
        default:
            throw PreviewError("the property \(property) is none that a preview can draw: add it to FieldStyle")
        }
    }

    private static func cell(_ type: String) throws(PreviewError) -> Cell {
        switch type {
        case "auto": return .text
        case "color-text": return .coloured
        case "gauge": return .gauge
        default: throw PreviewError("“\(type)” is a kind of cell that no preview can draw: add it to FieldStyle.Cell")
        }
    }

    /// The colour of a value: of its mapping, else of the highest threshold that it reaches.
    func colour(of value: Double) -> String {
        mapping(of: value)?.colour ?? thresholds.last { $0.from.map { value >= $0 } ?? true }?.colour ?? Palette.text
    }

    func colour(of text: String) -> String { mapping(of: text)?.colour ?? Palette.text }

    func text(of value: Double) -> String { mapping(of: value)?.text ?? unit.text(value, decimals: decimals) }

    func text(of text: String) -> String { mapping(of: text)?.text ?? text }

    private func mapping(of value: Double) -> ValueMapping? {
        mapping(of: value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)")
    }

    private func mapping(of text: String) -> ValueMapping? { mappings.first { $0.matches(text) } }
}
