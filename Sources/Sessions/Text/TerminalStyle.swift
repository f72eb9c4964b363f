/// How a text is shown where colours are.
package enum TerminalStyle: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    package func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}

/// What a text is written for.
package struct TextSurface: Sendable, Equatable {
    /// Columns of the terminal; nil where lines may be of any length.
    package var width: Int?
    package var hasColour: Bool

    package init(width: Int? = nil, hasColour: Bool = false) {
        self.width = width
        self.hasColour = hasColour
    }

    /// A file or a pipe.
    package static let plain = TextSurface()

    package func styled(_ text: String, _ style: TerminalStyle?) -> String {
        guard hasColour, !text.isEmpty, let style else { return text }
        return style.applied(to: text)
    }
}
