/// Names in statements that people run.
package enum SQLName {
    /// As an identifier, always quoted: keywords and capitals need it.
    package static func identifier(_ name: String) -> String {
        "\"\(oneLine(name).replacing("\"", with: "\"\""))\""
    }

    /// As a string constant.
    package static func literal(_ text: String) -> String {
        let quoted = "'\(oneLine(text).replacing("'", with: "''"))'"
        return text.contains("\\") ? "E\(quoted.replacing("\\", with: "\\\\"))" : quoted
    }

    /// Clients choose some of these names: none may begin a new line, or steer a terminal.
    package static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map {
                    switch $0.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
                    default: $0
                    }
                }))
    }
}
