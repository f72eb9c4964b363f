import Foundation
import Testing

@testable import Advisor

@Suite("the report in JSON")
struct JSONReportTests {
    private let root: [String: Any]

    init() throws {
        let text = ReportFormat.json.write(SampleReport.report, style: TextStyle(width: 80, hasColor: true))
        root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("it has the keys that docs/checks.md describes")
    func keys() throws {
        #expect(root["format"] as? Int == 1 && root["version"] as? String == "1.2.3")
        #expect(root["time"] as? String == "2026-09-21T14:13:20Z")
        let summary = try #require(root["summary"] as? [String: Int])
        #expect(
            Set(summary.keys) == ["critical", "warning", "info", "snoozed", "passed", "unknown", "not_applicable"])
        #expect(summary["critical"] == 2)
        let targets = try #require(root["targets"] as? [[String: Any]])
        #expect(targets.map { $0["name"] as? String } == ["db1", "pooler", "db2"])
        #expect(targets[2]["state"] as? String == "refused" && targets[2]["problem"] as? String == "connection refused")
    }

    @Test("every check of every target is there, once")
    func checks() throws {
        let targets = try #require(root["targets"] as? [[String: Any]])
        let checks = try #require(targets[0]["checks"] as? [[String: Any]])
        #expect(
            checks.compactMap { $0["id"] as? String }
                == Checks.all.filter { $0.subjects.contains(.postgres) }.map { $0.id })
        let outcomes = Set(checks.compactMap { $0["outcome"] as? String })
        #expect(outcomes.isSubset(of: ["passed", "found", "snoozed", "unknown", "not_applicable"]))
        let snoozed = try #require(checks.first { $0["outcome"] as? String == "snoozed" })
        #expect((snoozed["snooze"] as? [String: String])?["until"] == "2027-01-31")
    }

    @Test("evidence has a number with its unit, and names come as they are")
    func findings() throws {
        let targets = try #require(root["targets"] as? [[String: Any]])
        let checks = try #require(targets[0]["checks"] as? [[String: Any]])
        let leaks = try #require(checks.first { $0["id"] as? String == "leaked-connections" })
        let finding = try #require((leaks["findings"] as? [[String: Any]])?.first)
        #expect(finding["subject"] as? String == "we|b`<i>\n\u{1B}[31m")
        let evidence = try #require((finding["evidence"] as? [[String: Any]])?.first)
        #expect(evidence["value"] as? Double == 7 && evidence["unit"] as? String == "count")
        let remedy = try #require(finding["remedy"] as? [String: Any])
        #expect((remedy["snippets"] as? [[String: Any]])?.first?["language"] as? String == "sql")
    }
}
