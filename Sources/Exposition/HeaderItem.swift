/// One item of a header like `Accept` or `Accept-Encoding`.
struct HeaderItem: Equatable {
    /// In lower case.
    let value: String
    /// Names in lower case; without `q`.
    let parameters: [String: String]
    /// `q`: 0, refused, to 1, the default. What is no number there is 1, as in Go's client.
    let quality: Double

    /// The items, those with the highest quality first, else in the order written.
    static func parse(_ header: String) -> [HeaderItem] {
        split(header, at: ",").compactMap(HeaderItem.init).enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element)
    }

    private init?(_ text: Substring) {
        let parts = Self.split(text, at: ";").map(Self.trimmed)
        guard let value = parts.first, !value.isEmpty else { return nil }
        self.value = value.lowercased()
        var parameters: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            let name = Self.trimmed(pair[0]).lowercased()
            parameters[name] = parameters[name] ?? Self.unquoted(Self.trimmed(pair[1]))
        }
        let quality = parameters.removeValue(forKey: "q").flatMap(Double.init) ?? 1
        self.quality = quality.isNaN ? 1 : min(max(quality, 0), 1)
        self.parameters = parameters
    }

    /// The parts between the separators that are not in quotes.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        var isQuoted = false
        return Substring(text).split { character in
            if character == "\"" { isQuoted.toggle() }
            return character == separator && !isQuoted
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
    }

    private static func unquoted(_ text: Substring) -> String {
        text.count >= 2 && text.hasPrefix("\"") && text.hasSuffix("\"")
            ? String(text.dropFirst().dropLast()) : String(text)
    }
}
