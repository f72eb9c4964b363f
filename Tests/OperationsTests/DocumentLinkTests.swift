import Foundation
import Testing

/// What the README and the documents lead to: files of this repository, pictures included.
@Suite("links of the documents")
struct DocumentLinkTests {
    static let documents: [String] = {
        do {
            return try ["README.md"] + Repository.files(in: "docs", withExtension: "md")
                + Repository.files(in: "docs/runbooks", withExtension: "md")
        } catch {
            preconditionFailure("the documents cannot be listed: \(error)")
        }
    }()

    @Test("every relative link and picture is there", arguments: documents)
    func resolves(_ document: String) throws {
        let folder = (document as NSString).deletingLastPathComponent
        for link in try Repository.text(document).matches(of: /\]\(([^)\s#]+)(?:#[^)\s]*)?\)/).map({ String($0.1) }) {
            guard !link.contains(":") else { continue }
            let path = ((folder as NSString).appendingPathComponent(link) as NSString).standardizingPath
            #expect(Repository.exists(path), "\(document) leads to \(link)")
        }
    }
}
