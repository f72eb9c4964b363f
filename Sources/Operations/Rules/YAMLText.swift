/// The few forms of YAML that rule files are written in.
enum YAMLText {
    /// Lines of ours are no longer than this.
    static let width = 116

    static func comment(_ text: String) -> [String] {
        text.isEmpty
            ? []
            : text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
                paragraph.isEmpty ? ["#"] : wrapped(String(paragraph), width: width - 8).map { "# " + $0 }
            }
    }

    /// The lines of a block, each moved to the right.
    static func indented(_ text: String, by spaces: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.isEmpty ? "" : String(repeating: " ", count: spaces) + line
        }
    }

    /// A key with a text of one line: quoted where it is short, else folded at its spaces.
    ///
    /// Folding gives the text back as it was only if no spaces stand together, begin or end it.
    static func folded(key: String, _ text: String, indent: Int) -> [String] {
        precondition(!text.contains("  ") && !text.contains("\n") && text.first != " " && text.last != " ")
        let margin = String(repeating: " ", count: indent)
        let quoted = "\(margin)\(key): '\(text.replacing("'", with: "''"))'"
        if quoted.count <= width { return [quoted] }
        return ["\(margin)\(key): >-"]
            + wrapped(text, width: width - indent - 8).map { "\(margin)  \($0)" }
    }

    private static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
