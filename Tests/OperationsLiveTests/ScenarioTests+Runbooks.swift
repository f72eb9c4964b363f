import TestSupport
import Testing

extension ScenarioTests {
    // One after the other: they pause, resume and end what the next one needs.
    @Test("every command and every statement of a runbook runs")
    func runbooks() async throws {
        let runner = RunbookRunner(run: run)
        for path in ShippedFiles.runbooks {
            let blocks = RunbookBlock.all(in: try ShippedFiles.text(path), path: path)
            #expect(!blocks.isEmpty, "\(path)")
            for block in blocks {
                let failures = try await runner.failures(of: block)
                #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
            }
        }
    }

    @Test("what does not run is noticed: SQL, commands, programs and subcommands that there are not")
    func failingRunbook() async throws {
        let runner = RunbookRunner(run: run)
        let texts = [
            "```sql\nSELECT no_such_column FROM pg_stat_activity;\n```", "```sh\npsql -c 'SELECT no_such_column'\n```",
            "```sh\npoolscope no-such-command\n```", "```sh\nno-such-program --help\n```",
            "```sh\npsql -h 127.0.0.1 -p 6432 -U pgbouncer -d pgbouncer -c 'SHOW NOTHING'\n```",
        ]
        for text in texts {
            for block in RunbookBlock.all(in: text, path: "r.md") {
                let failures = try await runner.failures(of: block)
                #expect(failures.count == 1, "\(text)")
            }
        }
    }
}
