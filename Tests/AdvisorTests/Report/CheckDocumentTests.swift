import Foundation
import Testing

@testable import Advisor

@Suite("docs/checks.md")
struct CheckDocumentTests {
    private func document() throws -> String {
        let project = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        return try String(contentsOfFile: "/\(project)/docs/checks.md", encoding: .utf8)
    }

    @Test("it is what `poolscope catalog checks` prints")
    func same() throws {
        #expect(try document() == CheckDocument.markdown + "\n", "run: poolscope catalog checks > docs/checks.md")
    }

    @Test("every check has a section")
    func sections() throws {
        let document = try document()
        for check in Checks.all { #expect(document.contains("\n### \(check.id)\n"), "\(check.id)") }
    }
}
