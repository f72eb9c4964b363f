import Demo
import OperationsSupport
import Postgres
import TestSupport

/// Runs what runbooks say on the servers of the scenario.
struct RunbookRunner: Sendable {
    let run: ScenarioRun

    /// What went wrong, a sentence each with the place in the runbook.
    func failures(of block: RunbookBlock) async throws -> [String] {
        var failures: [String] = []
        for text in block.language == .sql ? block.statements : block.commands {
            let problem = try await withVictim { victim in
                let stage = RunbookStage(run: run, victim: victim)
                return switch block.language {
                case .sql: try await self.problem(ofStatement: text, stage)
                case .sh: try await self.problem(ofCommand: text, stage)
                }
            }
            if let problem {
                failures.append("\(block.path):\(block.line): \(text.prefix(200)): \(problem.prefix(500))")
            }
        }
        return failures
    }

    /// Each in a transaction of its own that is rolled back, where that is possible.
    private func problem(ofStatement statement: String, _ stage: RunbookStage) async throws -> String? {
        let text = try stage.filledIn(statement) + ";"
        let isBare = statement.contains(try Regex(RunbookStage.outsideTransactions))
        let outcome = try await runTool(
            "psql",
            ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", run.servers.main.dsn(database: "shop"), "-f", "-"],
            input: isBare ? text : "BEGIN;\n\(text)\nROLLBACK;")
        return outcome.status == 0 ? nil : outcome.error
    }

    private func problem(ofCommand command: String, _ stage: RunbookStage) async throws -> String? {
        let program = String(command.prefix { $0 != " " })
        if RunbookStage.notRun[program] != nil { return nil }
        guard RunbookStage.programs.contains(program) else {
            return "the test knows no program \(program): add it to RunbookStage"
        }
        let companions = command.contains("6432") ? try companions(of: command) : (nil, nil)
        if let before = companions.0 { _ = try await run.servers.bouncer.console(before) }
        let text = try stage.filledIn(command)
        // What measures the load finds some.
        let outcome =
            command.hasPrefix("poolscope size")
            ? try await amidTraffic { try await shell(text) } : try await shell(text)
        if let after = companions.1 { _ = try? await run.servers.bouncer.console(after) }
        let allowed = RunbookStage.otherSuccess.first { command.hasPrefix($0.key) }?.value ?? []
        guard outcome.status != 0, !allowed.contains(outcome.status) else { return nil }
        return "exit code \(outcome.status): \(outcome.error)\(outcome.output)"
    }

    private func shell(_ text: String) async throws -> Tool.Outcome {
        try await runTool(
            "sh", ["-c", text],
            environment: [
                "PATH": "\(ProductsDirectory.path):/usr/local/bin:/usr/bin:/bin:/usr/sbin", "PAGER": "cat",
                "PGHOST": "127.0.0.1", "PGPORT": "\(run.servers.main.port)", "PGUSER": "postgres",
                "PGDATABASE": "shop", "DATA_SOURCE_NAME": nil,
            ])
    }

    /// Somebody uses the pooler until `body` ends.
    private func amidTraffic<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let target = try ConnectionString(parsing: run.servers.bouncer.dsn(database: "shop", user: "web"))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { await ScenarioClient(target: target).works(pausing: .milliseconds(20), Chore.browse) }
            return try await body()
        }
    }

    /// What PgBouncer's console is told before and after a command.
    private func companions(of command: String) throws -> (String?, String?) {
        for companion in RunbookStage.consoleCompanions {
            guard let match = try Regex(companion.pattern).firstMatch(in: command) else { continue }
            let database = match.count > 1 ? match[1].substring.map(String.init) ?? "" : ""
            return (
                companion.before?.replacing("$1", with: database), companion.after?.replacing("$1", with: database)
            )
        }
        return (nil, nil)
    }

    /// Lends the pid of a session whose statement goes on, for each command anew: it may cancel it, or end the session.
    private func withVictim<Result>(_ body: (Int32) async throws -> Result) async throws -> Result {
        let target = try ConnectionString(parsing: run.servers.main.dsn(database: "shop", user: "reports"))
        let session = try await PostgresSession.connect(target, timeout: .seconds(20))
        defer { session.close() }
        let canceller = session.makeCanceller()
        // Here it times out at once; the server goes on with it.
        _ = try? await session.query("SELECT pg_sleep(120)", timeout: .milliseconds(20))
        let result = try await body(session.backendPID)
        _ = await canceller?.cancel(within: .seconds(5))
        return result
    }
}
