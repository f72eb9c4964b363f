/// How the lines of one name differ from the others of their graph.
package struct SeriesStyle: Sendable {
    let name: String
    let properties: [JSON]

    /// A limit: dashed, not part of a stack.
    static func limit(_ name: String) -> Self {
        SeriesStyle(
            name: name,
            properties: [
                ["id": "custom.stacking", "value": ["group": "A", "mode": "none"]],
                ["id": "custom.fillOpacity", "value": 0], ["id": "custom.lineWidth", "value": 2],
                ["id": "custom.lineStyle", "value": ["dash": [8, 6], "fill": "dash"]],
                ["id": "color", "value": ["fixedColor": "text", "mode": "fixed"]],
            ])
    }

    static func colour(_ name: String, _ colour: String) -> Self {
        SeriesStyle(
            name: name, properties: [["id": "color", "value": ["fixedColor": .string(colour), "mode": "fixed"]]])
    }

    var json: JSON {
        ["matcher": ["id": "byName", "options": .string(name)], "properties": .array(properties)]
    }
}
