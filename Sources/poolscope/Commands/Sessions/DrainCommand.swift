import Agent
import ArgumentParser
import Sessions

struct DrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Empty a database for maintenance: reject new sessions, end the others.",
        discussion: """
            New sessions are rejected by CONNECTION LIMIT 0, which superusers are not bound by: they can do the \
            maintenance. The limit before is kept in the database's settings, and --restore brings it back. Idle \
            sessions are terminated at once, others when their transaction is over; statements that still run after \
            --patience are cancelled, and what is there --grace later is terminated. Then it says what stays.

            Clients of a PgBouncer before it (--pgbouncer, or in the cluster of --target) stay connected there: it says \
            how many, and the console's commands that let them wait; --pause-poolers runs them.

            Connect to another database than the one that is drained, as its owner or as a superuser.

            Examples:
              poolscope drain shop --postgres "host=db1 user=postgres dbname=postgres"
              poolscope drain shop --patience 30s --grace 10s --yes
              poolscope drain --restore shop
              poolscope drain shop --config poolscope.yml --target main --pause-poolers
              poolscope drain --restore shop --config poolscope.yml --target main --resume-poolers

            Exit codes: 0 nothing is left, or the limit is restored; 1 something stays or it failed; 2 the flags or the \
            configuration make no sense, or there was nobody to ask (64 for a flag that does not exist).
            """)

    @Argument(help: "The database.")
    var database: String

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Take new sessions again, as many as before the drain.")
    var restore = false

    @Option(
        name: .long,
        help: ArgumentHelp("With --restore: this limit instead; -1 is none.", valueName: "n"))
    var connectionLimit: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("Let transactions go on for so long before they are cancelled.", valueName: "duration"))
    var patience: String = "0s"

    @Option(
        name: .long,
        help: ArgumentHelp("Terminate what is still there so long after that.", valueName: "duration"))
    var grace: String = "10s"

    @Flag(
        name: .long,
        help: "First let the clients of the PgBouncers before it wait (PAUSE), which takes a role of admin_users.")
    var pausePoolers = false

    @Flag(name: .long, help: "With --restore: let the clients of paused PgBouncers before it go on (RESUME).")
    var resumePoolers = false

    @OptionGroup var options: ActionOptions

    func validate() throws {
        guard !database.isEmpty else { throw ValidationError("name the database") }
        guard !(pausePoolers && restore) else {
            throw ValidationError("--pause-poolers goes with a drain; with --restore it is --resume-poolers")
        }
        guard !resumePoolers || restore else { throw ValidationError("--resume-poolers goes with --restore") }
        for (flag, text) in [("--patience", patience), ("--grace", grace)] {
            guard let duration = DurationText.parse(text), duration <= .seconds(86_400) else {
                throw ValidationError("\(flag): “\(text)” is not a duration of at most 24h; write for example 10s")
            }
        }
        guard let connectionLimit else { return }
        guard restore else { throw ValidationError("--connection-limit goes with --restore") }
        guard -1...262_143 ~= connectionLimit else {
            throw ValidationError("--connection-limit: -1 (none) to 262143")
        }
    }

    func run() async throws {
        server.hideSecrets()
        try await Failure.explaining {
            let choice = try server.choice()
            let log = try options.openAuditLog()
            let reader = try await SessionReader.open(choice, includesQueryText: options.query)
            let auditor = options.auditor(log, on: reader)
            let drain = DatabaseDrain(server: reader.server, auditor: auditor, database: database)
            let found = try await drain.look()
            guard !(pausePoolers || resumePoolers) || choice.poolers.count == reader.consoles.count else {
                throw SessionsError("nothing was done: not every pooler before the server can be asked")
            }
            let poolers = PoolerPause(consoles: reader.consoles, auditor: auditor, database: database)
            if restore { return try await bringBack(found, drain, poolers) }
            try await empty(found, drain, reader, poolers)
        }
    }

    private func bringBack(_ found: DrainedDatabase, _ drain: DatabaseDrain, _ poolers: PoolerPause) async throws {
        let paused = await look(poolers).filter(\.isPaused)
        guard let limit = connectionLimit ?? found.rememberedLimit.map({ _ in found.limitToRestore }) else {
            throw SessionsError(
                "\(name): the server remembers no drain (\(Self.words(found.limit))); to set one, give "
                    + "--connection-limit N, -1 for none")
        }
        guard !options.dryRun else {
            try Output.deliver(Self.sql(found.restoration(to: limit)))
            return try tell(paused)
        }
        try await drain.restore(found, to: limit)
        try Output.deliver("\(name): new sessions are taken again; \(Self.words(limit))")
        guard resumePoolers else { return try tell(paused) }
        try await poolers.resume(paused)
        try Output.deliver("\(Plural.count(paused.count, "database")) of poolers resumed")
    }

    private func look(_ poolers: PoolerPause) async -> [PooledDatabase] {
        await poolers.look { Failure.say("poolscope: warning: \($0)") }
    }

    private func tell(_ databases: [PooledDatabase]) throws {
        guard !databases.isEmpty else { return }
        try Output.deliver(databases.map { ([$0.line] + $0.advice).joined(separator: "\n  ") }.joined(separator: "\n"))
    }

    private func empty(
        _ found: DrainedDatabase, _ drain: DatabaseDrain, _ reader: SessionReader, _ poolers: PoolerPause
    ) async throws {
        let rows = try await reader.list().rows.filter { $0.activity.database == database }
        if !rows.isEmpty {
            let table = SessionTable(rows, limit: options.limit, showsQuery: options.query)
            try Output.deliver(table.lines(on: Terminal.surface).joined(separator: "\n"))
        }
        try Output.deliver(
            "\(name): \(Plural.count(rows.count, "session")); \(Self.words(found.limitToRestore))")
        let pooled = await look(poolers)
        guard !pausePoolers || !pooled.isEmpty else {
            throw SessionsError(
                "--pause-poolers: nothing was done: no pooler before the server has a database that leads to \(name); "
                    + "name one with --pgbouncer, or its cluster in the configuration")
        }
        try tell(pooled)
        if options.dryRun { return try Output.deliver(Self.sql(found.rejection(remembering: true))) }
        try options.confirm(Confirmation(draining: database))
        let paused = pausePoolers ? try await poolers.pause(pooled) : []
        let remembers: Bool
        do {
            remembers = try await drain.reject(found)
        } catch {
            // Nobody is to wait for a drain that has not begun.
            try await poolers.resume(paused)
            throw error
        }
        Failure.say(undo(found, remembers: remembers))
        let report = try await drain.empty(
            times: times, permissions: options.permissions, say: Failure.say)
        try Output.deliver(report.lines(database: name).joined(separator: "\n"))
        try tell(await look(poolers).filter { $0.clients > 0 || $0.isPaused })
        if !report.isEmpty { throw ExitCode.failure }
    }

    private var name: String { VisibleText.escaped(database) }

    private var times: DrainTimes {
        var times = DrainTimes()
        times.patience = DurationText.parse(patience) ?? .zero
        times.grace = DurationText.parse(grace) ?? .zero
        times.wait = options.waitLimit
        return times
    }

    private func undo(_ found: DrainedDatabase, remembers: Bool) -> String {
        let number = remembers ? "" : " --connection-limit \(found.limitToRestore)"
        let memory = remembers ? "" : " The server does not remember the limit: keep this."
        let resume = pausePoolers ? " --resume-poolers" : ""
        return "\(name): new sessions are rejected. To undo: poolscope drain --restore \(name)\(number)\(resume)\n"
            + "or in SQL: \(Self.sql(found.restoration(to: found.limitToRestore, remembers: remembers)))\(memory)"
    }

    private static func words(_ limit: Int) -> String {
        limit < 0 ? "it has no connection limit" : "its connection limit is \(limit)"
    }

    private static func sql(_ statements: [String]) -> String {
        statements.map { $0 + ";" }.joined(separator: " ")
    }
}
