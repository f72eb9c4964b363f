import Operations

/// One query of a panel.
package struct PreviewQuery: Sendable, Equatable {
    package let letter: String
    package let expression: String
    /// `{{label}}` stands for the label's value.
    let legend: String
    /// Whether only the end of the time range is asked for.
    package let isInstant: Bool

    package init(_ json: JSON) {
        letter = json["refId"].string ?? ""
        expression = json["expr"].string ?? ""
        legend = json["legendFormat"].string ?? ""
        isInstant = json["instant"] == .bool(true)
    }

    /// What the legend calls a series.
    package func name(of labels: [String: String]) -> String {
        let text = legend.replacing(#/\{\{\s*(\w+)\s*\}\}/#) { labels[String($0.1)] ?? "" }
        let words = text.split(separator: " ")
        return words.isEmpty ? "Value" : words.joined(separator: " ")
    }
}
