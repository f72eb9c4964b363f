/// A column of a table: a label of the rows, or the value of a query.
package struct PanelColumn: Sendable {
    /// How its cells look.
    enum Cell: Sendable {
        case text
        /// The text in the colour of its threshold or mapping.
        case coloured
        /// A bar between 0 and 1, in the colour of its threshold.
        case gauge
    }

    let field: String
    let title: String
    let unit: PanelUnit?
    let thresholds: PanelThresholds?
    let cell: Cell
    let mappings: [PanelMapping]
    let links: [PanelLink]

    /// A label of the rows.
    static func label(
        _ name: String, _ title: String, mappings: [PanelMapping] = [], links: [PanelLink] = []
    ) -> Self {
        PanelColumn(
            field: name, title: title, unit: nil, thresholds: nil, cell: mappings.isEmpty ? .text : .coloured,
            mappings: mappings, links: links)
    }

    /// The values of a query, by its letter; of the only one, without a letter.
    static func value(
        _ letter: String = "", _ title: String, _ unit: PanelUnit, _ thresholds: PanelThresholds? = nil,
        cell: Cell? = nil, mappings: [PanelMapping] = [], links: [PanelLink] = []
    ) -> Self {
        PanelColumn(
            field: letter.isEmpty ? "Value" : "Value #\(letter)", title: title, unit: unit, thresholds: thresholds,
            cell: cell ?? (thresholds == nil ? .text : .coloured), mappings: mappings, links: links)
    }

    /// What Grafana calls the values of a query: without a letter where there is only one query.
    static func valueField(of place: Int, among count: Int) -> String {
        count == 1 ? "Value" : "Value #\(PanelQuery.letter(place))"
    }

    /// What differs from the table's defaults; nil when nothing does.
    var override: JSON? {
        var properties: [JSON] = []
        if let unit { properties.append(["id": "unit", "value": .string(unit.rawValue)]) }
        if let thresholds { properties.append(["id": "thresholds", "value": thresholds.json]) }
        if !mappings.isEmpty { properties.append(["id": "mappings", "value": PanelMapping.json(mappings)]) }
        switch cell {
        case .text: break
        case .coloured: properties.append(["id": "custom.cellOptions", "value": ["type": "color-text"]])
        case .gauge:
            properties.append(["id": "custom.cellOptions", "value": ["mode": "basic", "type": "gauge"]])
            properties += [["id": "min", "value": 0], ["id": "max", "value": 1]]
        }
        if !links.isEmpty { properties.append(["id": "links", "value": .array(links.map(\.json))]) }
        guard !properties.isEmpty else { return nil }
        return ["matcher": ["id": "byName", "options": .string(title)], "properties": .array(properties)]
    }
}
