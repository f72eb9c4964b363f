import Foundation
import TestSupport

/// `docs/connection-management.md` and the files that it quotes.
struct ManagedDocument {
    /// A fenced block of the document.
    struct Block {
        let language: String
        let code: String
        /// What the comment before it calls it: `<!-- example: NAME -->`.
        let example: String?
        /// The file that the line before says it is from.
        let file: String?
    }

    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    /// Where the examples are, as the document names it.
    static let examples = "Examples/ConnectionManagement"

    let text: String
    let blocks: [Block]

    init() throws {
        let text = try Self.text("docs/connection-management.md")
        self.text = text
        blocks = text.matches(of: #/(?:<!-- example: ([a-z-]+) -->\n|`([^`\n]+)`:\n\n)?```([a-z]+)\n((?:.*\n)*?)```\n/#)
            .map { match in
                Block(
                    language: String(match.3), code: String(match.4), example: match.1.map(String.init),
                    file: match.2.map(String.init))
            }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: project.appending(path: path), encoding: .utf8)
    }

    /// The code of the example with this name.
    func example(_ name: String) throws -> String {
        guard let block = blocks.first(where: { $0.example == name }) else {
            throw MissingExample(description: "docs/connection-management.md has no example “\(name)”")
        }
        return block.code
    }
}

struct MissingExample: Error, CustomStringConvertible {
    let description: String
}
