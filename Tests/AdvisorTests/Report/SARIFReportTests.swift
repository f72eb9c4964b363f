import Foundation
import Testing

@testable import Advisor

/// What SARIF 2.1.0 (OASIS, section 3) requires of the parts that we use.
@Suite("the report in SARIF")
struct SARIFReportTests {
    private let root: [String: Any]
    private let run: [String: Any]

    init() throws {
        let text = ReportFormat.sarif.write(SampleReport.report, style: TextStyle(width: 80, hasColor: false))
        root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        run = try #require((root["runs"] as? [[String: Any]])?.first)
    }

    @Test("the log names its version and schema and has one run of one tool")
    func log() throws {
        #expect(root["version"] as? String == "2.1.0")
        #expect((root["$schema"] as? String)?.hasSuffix("sarif-2.1.0.json") == true)
        #expect((root["runs"] as? [Any])?.count == 1)
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        #expect(driver["name"] as? String == "poolscope" && driver["version"] as? String == "1.2.3")
    }

    @Test("rules have ids that are there once, texts and a level")
    func rules() throws {
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.compactMap { $0["id"] as? String } == Checks.all.map { $0.id })
        for rule in rules {
            let level = (rule["defaultConfiguration"] as? [String: Any])?["level"] as? String ?? ""
            #expect(["note", "warning", "error"].contains(level))
            #expect((rule["shortDescription"] as? [String: String])?["text"]?.isEmpty == false)
            #expect((rule["fullDescription"] as? [String: String])?["text"]?.isEmpty == false)
        }
    }

    @Test("each result points at its rule, and has a level, a message, a place and a fingerprint")
    func results() throws {
        let results = try #require(run["results"] as? [[String: Any]])
        let report = SampleReport.report
        #expect(results.count == report.findings.count + report.snoozed.count)
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(result["ruleId"] as? String == Checks.all[index].id)
            #expect(["note", "warning", "error"].contains(result["level"] as? String ?? ""))
            #expect((result["message"] as? [String: String])?["text"]?.isEmpty == false)
            let location = try #require((result["locations"] as? [[String: Any]])?.first)
            let logical = try #require((location["logicalLocations"] as? [[String: String]])?.first)
            #expect(logical["kind"] == "resource" && logical["fullyQualifiedName"]?.isEmpty == false)
            let physical = location["physicalLocation"] as? [String: [String: String]]
            #expect(physical?["artifactLocation"]?["uri"] == "conf/pool%20scope.yml")
            #expect((result["partialFingerprints"] as? [String: String])?["poolscope/v1"] != nil)
        }
        let prints = results.compactMap { ($0["partialFingerprints"] as? [String: String])?["poolscope/v1"] }
        #expect(Set(prints).count == results.count)
    }

    @Test("what is snoozed is suppressed, with its reason; nothing else is")
    func suppressions() throws {
        let results = try #require(run["results"] as? [[String: Any]])
        let suppressed = results.filter { $0["suppressions"] != nil }
        #expect(suppressed.map { $0["ruleId"] as? String } == ["reserved-slots"])
        let suppression = try #require((suppressed.first?["suppressions"] as? [[String: String]])?.first)
        #expect(suppression["kind"] == "external")
        #expect(suppression["justification"] == "until 2027-01-31: the new server has some")
    }

    @Test("a target that is away makes the run incomplete, and what was not judged is told")
    func invocation() throws {
        let invocation = try #require((run["invocations"] as? [[String: Any]])?.first)
        #expect(invocation["executionSuccessful"] as? Bool == false)
        let notifications = try #require(invocation["toolExecutionNotifications"] as? [[String: Any]])
        #expect(notifications.count == SampleReport.report.summary.unknown)
    }
}
