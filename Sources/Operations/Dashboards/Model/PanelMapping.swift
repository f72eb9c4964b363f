/// A word, and a colour, for a value.
package struct PanelMapping: Sendable {
    let value: String
    let text: String?
    let colour: String
    let isPattern: Bool

    static func value(_ value: String, _ text: String, _ colour: String) -> Self {
        PanelMapping(value: value, text: text, colour: colour, isPattern: false)
    }

    /// A colour only.
    static func value(_ value: String, _ colour: String) -> Self {
        PanelMapping(value: value, text: nil, colour: colour, isPattern: false)
    }

    /// For every value that the regular expression matches.
    static func pattern(_ pattern: String, _ colour: String) -> Self {
        PanelMapping(value: pattern, text: nil, colour: colour, isPattern: true)
    }

    private func result(_ index: Int) -> JSON {
        let plain: JSON = ["color": .string(colour), "index": .integer(index)]
        return text.map { plain.adding(["text": .string($0)]) } ?? plain
    }

    static func json(_ mappings: [PanelMapping]) -> JSON {
        .array(
            mappings.enumerated().map { index, mapping in
                mapping.isPattern
                    ? [
                        "options": ["pattern": .string(mapping.value), "result": mapping.result(index)],
                        "type": "regex",
                    ]
                    : ["options": .object([mapping.value: mapping.result(index)]), "type": "value"]
            })
    }
}
