import Operations

/// A panel of a dashboard, as its JSON says it.
package struct PreviewPanel: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case row
        case stat
        case gauge
        case graph = "timeseries"
        case heatmap
        case table
        case bars = "bargauge"
        case timeline = "state-timeline"
    }

    /// Its cells of the grid, which has 24 columns.
    struct Place: Sendable {
        let x, y, width, height: Int
    }

    package let title: String
    package let kind: Kind
    let place: Place
    let style: FieldStyle
    /// Properties of the series or columns of one name.
    private let overrides: [(name: String, properties: [(id: String, value: JSON)])]
    package let queries: [PreviewQuery]
    let noValue: String
    /// The columns of a table; nil for the other kinds.
    let columns: TableColumns?
    /// The unit of a heatmap's rows.
    let rowUnit: ValueUnit

    /// - Throws: a sentence that names the panel.
    package init(_ json: JSON) throws(PreviewError) {
        title = json["title"].string ?? ""
        do throws(PreviewError) {
            let type = json["type"].string ?? ""
            guard let kind = Kind(rawValue: type) else {
                throw PreviewError("no preview can draw the type “\(type)”: add it to PreviewPanel.Kind")
            }
            self.kind = kind
            place = try Self.place(json["gridPos"])
            style = try FieldStyle(defaults: json["fieldConfig"]["defaults"])
            overrides = try Self.overrides(json["fieldConfig"]["overrides"].elements, on: style)
            queries = json["targets"].elements.map(PreviewQuery.init)
            noValue = json["fieldConfig"]["defaults"]["noValue"].string ?? "No data"
            columns = kind == .table ? try TableColumns(json) : nil
            rowUnit = json["options"]["yAxis"]["unit"].string.flatMap(ValueUnit.init) ?? style.unit
        } catch {
            throw PreviewError("panel “\(json["title"].string ?? "")”: \(error)")
        }
    }

    private static func place(_ json: JSON) throws(PreviewError) -> Place {
        guard let x = json["x"].integer, let y = json["y"].integer, let width = json["w"].integer,
            let height = json["h"].integer, width > 0, height > 0, x >= 0, y >= 0
        else { throw PreviewError("its gridPos has not all of x, y, w and h") }
        return Place(x: x, y: y, width: width, height: height)
    }

    private static func overrides(
        _ list: [JSON], on style: FieldStyle
    ) throws(PreviewError) -> [(name: String, properties: [(id: String, value: JSON)])] {
        var all: [(name: String, properties: [(id: String, value: JSON)])] = []
        for override in list {
            guard override["matcher"]["id"].string == "byName", let name = override["matcher"]["options"].string else {
                throw PreviewError("a preview knows overrides by name alone")
            }
            let properties = override["properties"].elements.map { (id: $0["id"].string ?? "", value: $0["value"]) }
            // That each can be set is known from here on.
            var probe = style
            for property in properties { try probe.set(property.id, property.value) }
            all.append((name, properties))
        }
        return all
    }

    /// How the series or the column of a name looks.
    func style(of name: String) -> FieldStyle {
        var style = style
        for override in overrides where override.name == name {
            for property in override.properties { try? style.set(property.id, property.value) }
        }
        return style
    }
}
