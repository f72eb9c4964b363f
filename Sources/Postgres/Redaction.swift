/// Text that goes to people: without secrets, on one line.
extension String {
    /// The text without any of the secrets, each replaced by "…".
    func scrubbed(of secrets: [String]) -> String {
        // The longest first: one secret may contain another.
        secrets.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
            .reduce(self) { $0.replacing($1, with: "…") }
    }

    /// The text without what stands between its first and its last double quote.
    ///
    /// libpq quotes parts of a connection string that it cannot parse, and does not escape the double quotes in them;
    /// so whatever stands between the outermost two may be a part of a password.
    var withoutQuotations: String {
        let harmless = "missing \"=\" after "
        let start = hasPrefix(harmless) ? index(startIndex, offsetBy: harmless.count) : startIndex
        guard let first = self[start...].firstIndex(of: "\""), let last = self[start...].lastIndex(of: "\"") else {
            return self
        }
        return self[..<first] + "\"…\"" + self[last...].dropFirst()
    }

    /// The text with every run of white space and control characters made one space, cut after `limit` characters.
    func onOneLine(limit: Int) -> String {
        let words = split { character in
            character.isWhitespace || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
        }
        let line = words.joined(separator: " ")
        return line.count > limit ? line.prefix(limit - 1) + "…" : line
    }
}
