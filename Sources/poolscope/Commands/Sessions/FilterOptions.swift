import Agent
import ArgumentParser
import Sessions

extension SessionFilter.State: ExpressibleByArgument {}

/// The flags that say which sessions are meant.
struct FilterOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The session of this process id (repeatable).", valueName: "pid"))
    var pid: [Int32] = []

    @Option(
        name: .long,
        help: ArgumentHelp("active, idle or idle-in-transaction (repeatable).", valueName: "state"))
    var state: [SessionFilter.State] = []

    @Flag(name: .long, help: "The same as --state idle-in-transaction.")
    var idleInTransaction = false

    @Option(name: .long, help: ArgumentHelp("Sessions of this role (repeatable).", valueName: "role"))
    var user: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Sessions with this application_name, their own or that of the client behind the pooler (repeatable).",
            valueName: "name"))
    var application: [String] = []

    @Option(name: .long, help: ArgumentHelp("Sessions in this database (repeatable).", valueName: "name"))
    var database: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Sessions from this address, or “unix”; their own, or that of the client behind the pooler (repeatable).",
            valueName: "address"))
    var client: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Statements that run, and idle transactions, for longer than this, e.g. 5s, 10m; idle sessions only with "
                + "--state idle.", valueName: "duration"))
    var longerThan: String?

    @Flag(name: .long, help: "Sessions that others wait for.")
    var blocking = false

    func validate() throws {
        if let longerThan, DurationText.parse(longerThan) == nil {
            throw ValidationError(
                "--longer-than: “\(longerThan)” is not a duration; write for example 500ms, 5s or 10m")
        }
    }

    var filter: SessionFilter {
        var filter = SessionFilter()
        filter.pids = Set(pid)
        filter.states = Set(state).union(idleInTransaction ? [.idleInTransaction] : [])
        filter.users = Set(user)
        filter.applications = Set(application)
        filter.databases = Set(database)
        filter.addresses = Set(client)
        filter.longerThan = longerThan.flatMap(DurationText.parse).map { $0 / .seconds(1) }
        filter.isBlocking = blocking
        return filter
    }
}
