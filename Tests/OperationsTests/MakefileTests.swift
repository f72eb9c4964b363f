import Foundation
import Testing

/// The Makefile and what continuous integration runs.
@Suite("make", .timeLimit(.minutes(10)))
struct MakefileTests {
    static let targets = ["deps", "run", "build", "test", "generate", "preview", "format", "lint", "clean", "help"]

    private func make(_ arguments: String..., environment: [String: String] = [:]) async throws -> Command.Outcome {
        try await Command.run(
            "make", ["--no-print-directory"] + arguments,
            environment: Command.plainEnvironment.merging(environment) { $1 })
    }

    @Test("make knows how to make each target", arguments: targets)
    func dryRun(_ target: String) async throws {
        let outcome = try await make("--dry-run", "--warn-undefined-variables", target)
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(!outcome.output.isEmpty)
    }

    @Test("make alone lists every target with a line about it")
    func help() async throws {
        let outcome = try await make()
        let listed = outcome.output.matches(of: /(?m)^  make ([a-z]+) +\S.*$/).map { String($0.1) }
        #expect(listed.sorted() == Self.targets.sorted())
    }

    @Test("make run serves the configuration file that it is given")
    func runsConfiguration() async throws {
        let outcome = try await make(
            "--dry-run", "run", "CONFIG=my poolscope.yml", "ARGS=--interval 2s", environment: ["DATA_SOURCE_NAME": "x"])
        #expect(
            outcome.output.hasSuffix("exec .build/release/poolscope serve --config 'my poolscope.yml' --interval 2s\n"))
        #expect(!outcome.output.contains("scripts/deps demo"))
    }

    @Test("make run serves DATA_SOURCE_NAME, and does not print it")
    func runsDataSource() async throws {
        let outcome = try await make(
            "--dry-run", "run", environment: ["DATA_SOURCE_NAME": "postgresql://u:pa$$word@h/d"])
        #expect(outcome.output.contains("exec .build/release/poolscope serve"))
        #expect(!outcome.output.contains("word@"))
    }

    @Test("make run without anything installs what the demo needs, builds it and runs it")
    func runsDemo() async throws {
        let lines = try await make("--dry-run", "run").output.split(separator: "\n")
        #expect(lines.first == "scripts/deps demo")
        #expect(lines.last?.hasPrefix("exec .build/release/poolscope demo") == true)
    }

    @Test("continuous integration runs make test")
    func continuousIntegration() async throws {
        #expect(FileManager.default.isExecutableFile(atPath: Repository.url(".ci/run").path()))
        #expect(try await Command.run("bash", ["-n", ".ci/run"]).status == 0)
        #expect(try Repository.text(".ci/run").contains("make test"))
    }
}
