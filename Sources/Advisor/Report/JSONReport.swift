import Foundation

/// The report for programs. What it holds is described in docs/checks.md; `format` grows when something is taken away.
struct JSONReport: Encodable {
    private struct Summary: Encodable {
        let critical: Int
        let warning: Int
        let info: Int
        let snoozed: Int
        let passed: Int
        let unknown: Int
        let not_applicable: Int

        init(_ summary: CheckReport.Summary) {
            critical = summary.bySeverity[.critical] ?? 0
            warning = summary.bySeverity[.warning] ?? 0
            info = summary.bySeverity[.info] ?? 0
            snoozed = summary.snoozed
            passed = summary.passed
            unknown = summary.unknown
            not_applicable = summary.notApplicable
        }
    }

    private struct Target: Encodable {
        let name: String
        let kind: String
        let cluster: String?
        let state: String
        let problem: String?
        let watched_seconds: Double
        let checks: [Result]

        init(_ target: CheckReport.Target) {
            name = target.target.name
            kind = target.target.kind.rawValue
            cluster = target.target.cluster
            state = target.target.state.rawValue
            problem = target.target.problem
            watched_seconds = target.watchedSeconds
            checks = target.results.map(Result.init)
        }
    }

    private struct Result: Encodable {
        let id: String
        let group: String
        let title: String
        let outcome: String
        /// What was seen, or why it was not judged.
        let detail: String?
        let findings: [JSONReport.Finding]
        let snooze: Snooze?

        init(_ result: CheckResult) {
            id = result.check.id
            group = result.check.group.rawValue
            title = result.check.title
            findings = result.outcome.findings.map(JSONReport.Finding.init)
            snooze = result.snooze.map { Snooze(until: "\($0.until)", reason: $0.reason) }
            switch result.outcome {
            case .passed(let line): (outcome, detail) = ("passed", line)
            case .found: (outcome, detail) = (result.snooze == nil ? "found" : "snoozed", nil)
            case .notApplicable(let why): (outcome, detail) = ("not_applicable", why)
            case .unknown(let why): (outcome, detail) = ("unknown", why)
            }
        }
    }

    private struct Snooze: Encodable {
        let until: String
        let reason: String
    }

    struct Finding: Encodable {
        let severity: String
        let subject: String
        let message: String
        let evidence: [JSONReport.Evidence]
        let remedy: JSONReport.Remedy

        init(_ finding: Advisor.Finding) {
            severity = finding.severity.rawValue
            subject = finding.subject
            message = finding.message
            evidence = finding.evidence.map(JSONReport.Evidence.init)
            remedy = JSONReport.Remedy(finding.remedy)
        }
    }

    struct Evidence: Encodable {
        let name: String
        let value: Double?
        let unit: String?
        let text: String?

        init(_ evidence: Advisor.Evidence) {
            name = evidence.name
            switch evidence.value {
            // JSON has no other numbers.
            case .number(let number, let unit):
                (value, self.unit, text) = (number.isFinite ? number : nil, unit.rawValue, nil)
            case .text(let text): (value, unit, self.text) = (nil, nil, text)
            }
        }
    }

    struct Remedy: Encodable {
        struct Snippet: Encodable {
            let language: String
            let lines: [String]
        }

        let sentence: String
        let snippets: [Snippet]

        init(_ remedy: Advisor.Remedy) {
            sentence = remedy.sentence
            snippets = remedy.snippets.map { Snippet(language: $0.language.rawValue, lines: $0.lines) }
        }
    }

    private let format = 1
    private let version: String
    private let time: String
    private let summary: Summary
    private let targets: [Target]

    init(_ report: CheckReport) {
        version = report.version
        time = ReportTime.text(report.time)
        summary = Summary(report.summary)
        targets = report.targets.map(Target.init)
    }

    var text: String { ReportJSON.text(self) }
}

/// Moments in reports.
enum ReportTime {
    /// `2026-11-26T21:34:00Z`
    static func text(_ seconds: Double) -> String {
        // Foundation's calendar is not made for times that nobody meant.
        guard 0..<100_000_000_000 ~= seconds else { return "1970-01-01T00:00:00Z" }
        return Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    }
}

/// JSON in one form: keys in order, lines for people.
enum ReportJSON {
    static func text(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Only numbers that JSON lacks can fail, and those are left out.
            preconditionFailure("a report cannot be written: \(error)")
        }
    }
}
