import Agent
import ArgumentParser
import Sessions

/// The flags of whatever ends statements and sessions.
struct ActionOptions: ParsableArguments {
    @Flag(name: .long, help: "Do it without asking. Without a terminal nothing is done unless this is given.")
    var yes = false

    @Flag(name: .long, help: "Show what would be hit, and do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Sessions of superusers, too. They are left alone otherwise.")
    var includeSuperusers = false

    @Flag(name: .long, help: "Sessions that feed replicas and receivers of the log, too.")
    var includeReplication = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Append a line of JSON for each action to this file, instead of standard error. Only its owner can read "
                + "a new one.", valueName: "file"))
    var auditLog: String?

    @Flag(name: .long, help: "Show the statements' texts, and write them into the audit lines.")
    var query = false

    @Option(
        name: .long,
        help: ArgumentHelp("Wait so long for the sessions to end before telling what stays.", valueName: "duration"))
    var wait: String = "5s"

    @Option(name: .long, help: ArgumentHelp("Sessions that are shown at most; all are hit.", valueName: "n"))
    var limit: Int = 200

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit: must be at least 1") }
        guard let wait = DurationText.parse(wait), wait <= .seconds(600) else {
            throw ValidationError("--wait: “\(wait)” is not a duration of at most 10m; write for example 5s")
        }
    }

    var permissions: ActionPermissions {
        ActionPermissions(includesSuperusers: includeSuperusers, includesReplication: includeReplication)
    }

    var waitLimit: Duration { DurationText.parse(wait) ?? .seconds(5) }

    /// Opened before anything is done, so that nothing is done that cannot be written down.
    func openAuditLog() throws(SessionsError) -> AuditLog {
        if let auditLog { return try AuditLog(path: auditLog) }
        return AuditLog()
    }

    func auditor(_ log: AuditLog, on reader: SessionReader) -> Auditor {
        Auditor(
            log: log, actor: .init(name: Operator.name, role: reader.server.role), target: reader.name,
            includesQueryText: query, now: Operator.now)
    }

    /// Asks on the terminal, or is told by `--yes`.
    /// - Throws: `UsageError` when there is nobody to ask, `SessionsError` when the answer is another.
    func confirm(_ confirmation: Confirmation) throws {
        if yes { return }
        guard Terminal.canAsk else {
            throw UsageError(
                "nothing was done: standard input is no terminal, so nobody can be asked; give --yes to do it")
        }
        Failure.ask("Type “\(confirmation.phrase)” to do it: ")
        guard confirmation.isGiven(by: readLine()) else { throw SessionsError("nothing was done") }
    }
}
