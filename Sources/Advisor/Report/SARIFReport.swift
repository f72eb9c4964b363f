import Foundation

/// The report as SARIF 2.1.0 (OASIS), which CI systems show beside those of linters. A finding is a result at its
/// target; a snoozed one is suppressed, with its reason; what could not be judged is a notification of the run.
struct SARIFReport: Encodable {
    private struct Run: Encodable {
        let tool: Tool
        let invocations: [Invocation]
        let results: [Result]
        let columnKind = "unicodeCodePoints"
    }

    private struct Tool: Encodable {
        let driver: Driver
    }

    private struct Driver: Encodable {
        let name = "poolscope"
        let version: String
        let rules: [Rule]
    }

    private struct Rule: Encodable {
        let id: String
        let shortDescription: Message
        let fullDescription: Message
        let defaultConfiguration: Configuration
        let properties: [String: String]

        init(_ check: any Check.Type) {
            id = check.id
            shortDescription = Message(check.title)
            fullDescription = Message(check.explanation)
            defaultConfiguration = Configuration(level: check.severity.sarifLevel)
            properties = ["group": check.group.rawValue]
        }
    }

    private struct Configuration: Encodable {
        let level: String
    }

    private struct Message: Encodable {
        let text: String

        init(_ text: String) {
            self.text = text
        }
    }

    private struct Invocation: Encodable {
        let executionSuccessful: Bool
        let endTimeUtc: String
        let toolExecutionNotifications: [Notification]
    }

    private struct Notification: Encodable {
        struct Descriptor: Encodable {
            let id: String
        }

        let associatedRule: Descriptor
        let level = "note"
        let message: Message
    }

    private struct Result: Encodable {
        let ruleId: String
        let ruleIndex: Int
        let level: String
        let message: Message
        let locations: [Location]
        let partialFingerprints: [String: String]
        let properties: Properties
        let suppressions: [Suppression]?

        init(_ entry: CheckReport.Entry, ruleIndex: Int, file: String?) {
            ruleId = entry.check.id
            self.ruleIndex = ruleIndex
            level = entry.finding.severity.sarifLevel
            message = Message("\(entry.finding.message) \(entry.finding.remedy.sentence)")
            locations = [Location(entry.target, file: file)]
            // Of what it is about, not of today's numbers: the same finding is the same tomorrow.
            partialFingerprints = ["poolscope/v1": "\(entry.target.name)/\(entry.check.id)/\(entry.finding.subject)"]
            properties = Properties(
                severity: entry.finding.severity.rawValue,
                evidence: entry.finding.evidence.map(JSONReport.Evidence.init),
                remedy: JSONReport.Remedy(entry.finding.remedy))
            suppressions = entry.snooze.map {
                [Suppression(justification: "until \($0.until): \($0.reason)")]
            }
        }
    }

    private struct Location: Encodable {
        struct Logical: Encodable {
            let name: String
            let fullyQualifiedName: String
            let kind = "resource"
        }

        struct Physical: Encodable {
            struct Artifact: Encodable {
                let uri: String
            }

            let artifactLocation: Artifact
        }

        let logicalLocations: [Logical]
        /// The configuration that names the target: some readers show nothing without a file.
        let physicalLocation: Physical?

        init(_ target: CheckedTarget, file: String?) {
            let name = [target.cluster, target.name].compactMap(\.self).joined(separator: "/")
            logicalLocations = [Logical(name: target.name, fullyQualifiedName: name)]
            physicalLocation = file.flatMap { path in
                path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
                    .map { Physical(artifactLocation: .init(uri: path.hasPrefix("/") ? "file://\($0)" : $0)) }
            }
        }
    }

    private struct Properties: Encodable {
        let severity: String
        let evidence: [JSONReport.Evidence]
        let remedy: JSONReport.Remedy
    }

    private struct Suppression: Encodable {
        let kind = "external"
        let justification: String
    }

    private enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    private let schema = "https://json.schemastore.org/sarif-2.1.0.json"
    private let version = "2.1.0"
    private let runs: [Run]

    init(_ report: CheckReport) {
        let rules = Checks.all
        let indices = Dictionary(
            rules.enumerated().map { ($0.element.id, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let notifications = report.results { if case .unknown = $0 { true } else { false } }
            .map { target, result in
                Notification(
                    associatedRule: .init(id: result.check.id),
                    message: Message("\(target.name) was not judged by \(result.check.id): \(result.outcome.reason)"))
            }
        runs = [
            Run(
                tool: Tool(driver: Driver(version: report.version, rules: rules.map(Rule.init))),
                invocations: [
                    Invocation(
                        executionSuccessful: report.unread.isEmpty, endTimeUtc: ReportTime.text(report.time),
                        toolExecutionNotifications: notifications)
                ],
                results: (report.findings + report.snoozed).map {
                    Result($0, ruleIndex: indices[$0.check.id] ?? -1, file: report.configurationFile)
                })
        ]
    }

    var text: String { ReportJSON.text(self) }
}

extension CheckSeverity {
    var sarifLevel: String {
        switch self {
        case .critical: "error"
        case .warning: "warning"
        case .info: "note"
        }
    }
}

extension CheckOutcome {
    /// Why it does not apply or was not judged; empty otherwise.
    var reason: String {
        switch self {
        case .notApplicable(let why), .unknown(let why): why
        case .passed, .found: ""
        }
    }
}
