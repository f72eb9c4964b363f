import Demo
import Foundation
import TestSupport
import Testing

/// The languages whose examples run here; each has a file of proofs, which loads the examples and provokes what the
/// document says.
enum ExampleLanguage {
    case python
    case node

    /// Whether Node is on this machine. `make deps` brings its client of PostgreSQL then.
    static let hasNode = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/node") }

    private static let drivers = folder("Tests/LiveTests/ConnectionManagement/Drivers")
    private static let examples = folder(ManagedDocument.examples)

    private static func folder(_ path: String) -> String {
        ManagedDocument.project.appending(path: path).path()
    }

    /// Runs a proof to its end and expects the lines that it writes.
    ///
    /// - Throws: `FailedProof` with what it wrote to standard error, when it did not end well.
    func prove(
        _ proof: String, _ arguments: String..., gives lines: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let given = try await output(proof, arguments)
        #expect(given == lines, "\(proof)", sourceLocation: sourceLocation)
    }

    /// The lines that a proof writes.
    func output(_ proof: String, _ arguments: [String]) async throws -> [String] {
        let outcome = try await attempt(proof, arguments)
        guard outcome.status == 0 else {
            throw FailedProof(description: "\(proof): status \(outcome.status): \(outcome.error.suffix(2_000))")
        }
        return outcome.output.split(separator: "\n").map(String.init)
    }

    /// Runs a proof that may fail.
    func attempt(_ proof: String, _ arguments: [String]) async throws -> Tool.Outcome {
        switch self {
        case .python:
            // Debian's package is for Debian's Python, which need not be the first one.
            let isDebian = FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/psycopg_pool")
            return try await runTool(
                isDebian ? "/usr/bin/python3" : "python3", ["\(Self.drivers)/proofs.py", proof] + arguments,
                environment: ["PYTHONPATH": Self.examples, "PYTHONDONTWRITEBYTECODE": "1"], timeout: .seconds(300))
        case .node:
            return try await runTool(
                "node", ["\(Self.drivers)/proofs.js", proof, Self.examples] + arguments,
                environment: ["NODE_PATH": "/usr/share/nodejs:\(PostgresBinaries.cache)/node-postgres"],
                timeout: .seconds(300))
        }
    }
}

struct FailedProof: Error, CustomStringConvertible {
    let description: String
}
