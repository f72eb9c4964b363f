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
        let expected =
            AgentKey.allCases.map(\.documentationRow) + TargetKey.allCases.map(\.documentationRow)
            + SlowOverrideKey.allCases.map(\.documentationRow) + LabelRuleKey.allCases.map(\.documentationRow)
            + ChecksKey.allCases.map(\.documentationRow) + SnoozeKey.allCases.map(\.documentationRow)
            + GuardKey.allCases.map(\.documentationRow) + GuardPolicyKey.allCases.map(\.documentationRow)
            + GuardNamesKey.allCases.map(\.documentationRow)
        #expect(rows == expected)
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
        let keys =
            AgentKey.allCases.map(\.rawValue) + TargetKey.allCases.map(\.rawValue)
            + SlowOverrideKey.allCases.map(\.rawValue) + LabelRuleKey.allCases.map(\.rawValue)
            + ChecksKey.allCases.map(\.rawValue) + SnoozeKey.allCases.map(\.rawValue)
            + GuardKey.allCases.map(\.rawValue) + GuardPolicyKey.allCases.map(\.rawValue)
            + GuardNamesKey.allCases.map(\.rawValue)
        for key in keys {
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
        let target = "\ntargets: [{dsn: host=a}]"
        for key in SlowOverrideKey.allCases {
            let rest = key == .threshold ? "user: a" : "threshold: 1s"
            #expect(problems("slow_overrides:\n- \(key.documentation.example)\n  \(rest)" + target) == [])
        }
        for key in SnoozeKey.allCases {
            let rest = [
                SnoozeKey.check: "check: idle-share", .until: "until: 2027-01-31", .reason: "reason: x",
            ].filter { $0.key != key }.map { "\n    \($0.value)" }.joined()
            let target = "targets: [{dsn: host=a, name: main}]"
            #expect(problems("checks:\n  snooze:\n  - \(key.documentation.example)\(rest)\n\(target)") == [])
        }
        for key in LabelRuleKey.allCases {
            let rest = [
                LabelRuleKey.label: "label: usename", .regex: "regex: (.*)", .replacement: "replacement: x",
            ].filter { $0.key != key }.map { "\n  \($0.value)" }.joined()
            #expect(problems("labels:\n- \(key.documentation.example)\(rest)" + target) == [])
        }
        for key in GuardKey.allCases {
            #expect(problems("guard:\n  \(policies(besides: key))\(key.documentation.example)\n" + target) == [])
        }
        for key in GuardPolicyKey.allCases {
            let rest = [
                GuardPolicyKey.name: "name: a", .when: "when: statement", .longerThan: "longer_than: 1m",
                .action: "action: terminate",
            ].filter { $0.key != key }.map { ", \($0.value)" }.joined()
            let main = "targets: [{dsn: host=a, name: main}]"
            #expect(problems("guard: {policies: [{\(key.documentation.example)\(rest)}]}\n" + main) == [])
        }
        for key in GuardNamesKey.allCases {
            let lists = "users: {\(key.documentation.example)}"
            #expect(problems("guard: {policies: [{\(Self.policy), \(lists)}]}\n" + target) == [])
        }
    }

    private static let policy = "name: a, when: statement, longer_than: 1m, action: cancel"

    /// A guard that is on needs policies.
    private func policies(besides key: GuardKey) -> String {
        key == .policies ? "" : "policies: [{\(Self.policy)}]\n  "
    }
}
