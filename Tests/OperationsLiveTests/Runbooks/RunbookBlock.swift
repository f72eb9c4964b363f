/// One block of code in a runbook.
struct RunbookBlock: Sendable, Equatable {
    enum Language: String, Sendable, CaseIterable {
        case sql, sh
    }

    let path: String
    /// Of its first line of code, from 1.
    let line: Int
    let language: Language
    /// Without the indentation of the list that it stands in.
    let text: String

    /// Every block of SQL and shell in a text of Markdown. Blocks of other languages (output, configuration) are left out.
    static func all(in markdown: String, path: String) -> [RunbookBlock] {
        var blocks: [RunbookBlock] = []
        var open: (fence: Substring, indent: Int, language: Language?, line: Int, lines: [Substring])?
        for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.drop { $0 == " " }
            if var block = open {
                if content.hasPrefix(block.fence), content.allSatisfy({ $0 == "`" }) {
                    if let language = block.language {
                        let text = block.lines.joined(separator: "\n")
                        blocks.append(RunbookBlock(path: path, line: block.line, language: language, text: text))
                    }
                    open = nil
                } else {
                    let spaces = line.prefix { $0 == " " }.count
                    block.lines.append(line.dropFirst(min(block.indent, spaces)))
                    open = block
                }
            } else if let match = content.wholeMatch(of: #/(`{3,})(\w*).*/#) {
                open = (
                    match.1, line.count - content.count, Language(rawValue: String(match.2)), index + 2, []
                )
            }
        }
        return blocks
    }

    /// The statements of SQL, without comments that stand alone; by semicolons outside of quotes.
    var statements: [String] {
        var statements = [""]
        var quote: Character?
        var isComment = false
        for (index, character) in zip(text.indices, text) {
            if isComment {
                isComment = character != "\n"
                if isComment { continue }
            } else if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if text[index...].hasPrefix("--") {
                isComment = true
                continue
            } else if character == ";" {
                statements.append("")
                continue
            }
            statements[statements.count - 1].append(character)
        }
        return statements.map(Self.trimmed).filter { !$0.isEmpty }
    }

    /// The commands of a shell, a line each, continued lines joined, comments left out.
    var commands: [String] {
        text.replacing("\\\n", with: " ").split(separator: "\n").map { Self.trimmed(String($0)) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    private static func trimmed(_ text: String) -> String {
        text.replacing(#/^\s+|\s+$/#, with: "")
    }
}
