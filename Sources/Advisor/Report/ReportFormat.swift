/// How a report is written. To add one: its file, its test, a case here.
package enum ReportFormat: String, Sendable, CaseIterable {
    /// For a terminal.
    case text
    case json
    /// SARIF 2.1.0, which code scanners and CI systems show.
    case sarif
    /// For tickets.
    case markdown

    /// The report, with a line feed at its end only where the format wants one.
    package func write(_ report: CheckReport, style: TextStyle) -> String {
        switch self {
        case .text: TextReport(report, style: style).text
        case .json: JSONReport(report).text
        case .sarif: SARIFReport(report).text
        case .markdown: MarkdownReport(report).text
        }
    }
}

/// What a terminal can show.
package struct TextStyle: Sendable, Equatable {
    package static let widthBounds = 40...200

    /// Columns, within bounds.
    package let width: Int
    package let hasColor: Bool

    package init(width: Int, hasColor: Bool) {
        self.width = min(max(width, Self.widthBounds.lowerBound), Self.widthBounds.upperBound)
        self.hasColor = hasColor
    }
}
