import Foundation
import TestSupport

/// What `poolscope check --format json` said.
struct CheckedReport: Decodable {
    struct Target: Decodable {
        let name: String
        let state: String
        let problem: String?
        let checks: [Check]
    }

    struct Check: Decodable {
        let id: String
        let outcome: String
        let detail: String?
        let findings: [Finding]
    }

    struct Finding: Decodable {
        let severity: String
        let subject: String
        let message: String
        let evidence: [Evidence]
        let remedy: Remedy

        /// The number of one piece of evidence.
        subscript(_ name: String) -> Double? { evidence.first { $0.name == name }?.value }
    }

    struct Evidence: Decodable {
        let name: String
        let value: Double?
    }

    struct Remedy: Decodable {
        struct Snippet: Decodable {
            let language: String
            let lines: [String]
        }

        let sentence: String
        let snippets: [Snippet]

        /// The statements to run on the server.
        var statements: [String] { snippets.filter { $0.language == "sql" }.flatMap(\.lines) }
    }

    let targets: [Target]
    /// The exit code of the command.
    private(set) var status: Int32 = 0

    private enum CodingKeys: String, CodingKey { case targets }

    /// Runs the command to its end.
    static func run(_ arguments: [String]) async throws -> CheckedReport {
        let outcome = try await runTool(
            ProductsDirectory.poolscope, ["check", "--format", "json"] + arguments, timeout: .seconds(180))
        var report = try JSONDecoder().decode(CheckedReport.self, from: Data(outcome.output.utf8))
        report.status = outcome.status
        return report
    }

    /// The result of a check, of the only target that it was asked of or of the one named.
    func check(_ id: String, of target: String? = nil) -> Check? {
        targets.lazy.filter { target == nil || $0.name == target }.flatMap(\.checks).first { $0.id == id }
    }

    func findings(_ id: String) -> [Finding] { check(id)?.findings ?? [] }
}
