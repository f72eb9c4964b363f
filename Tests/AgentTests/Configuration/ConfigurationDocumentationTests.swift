import Foundation
import Testing

@testable import Agent

@Suite("docs/configuration.md")
struct ConfigurationDocumentationTests {
    private let document: String

    init() throws {
        let file = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        document = try String(contentsOfFile: "/\(file)/docs/configuration.md", encoding: .utf8)
    }

    @Test("the table of keys is the one the reader has")
    func table() {
        let rows = document.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
        #expect(rows == AgentKey.allCases.map(\.documentationRow) + TargetKey.allCases.map(\.documentationRow))
    }

    @Test("the examples are valid, and the long one has every key")
    func examples() throws {
        let examples = document.components(separatedBy: "```yaml\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
        #expect(examples.count >= 2)
        for example in examples {
            #expect(problems(example) == [])
        }
        let longest = try #require(examples.max { $0.count < $1.count })
        for key in AgentKey.allCases.map(\.rawValue) + TargetKey.allCases.map(\.rawValue) {
            #expect(longest.contains("\(key):"))
        }
    }

    @Test("the example of a key is valid where the key stands")
    func keyExamples() {
        for key in AgentKey.allCases {
            let target = key == .targets ? "" : "\ntargets: [{dsn: host=a}]"
            #expect(problems(key.documentation.example + target) == [])
        }
        for key in TargetKey.allCases {
            let dsn = key == .dsn ? "" : "\n  dsn: host=a"
            #expect(problems("targets:\n- \(key.documentation.example)\(dsn)") == [])
        }
    }
}
