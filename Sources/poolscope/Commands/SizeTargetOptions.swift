import Advisor
import Agent
import ArgumentParser

/// The flags of `poolscope size` that say whose load is measured: one pooler, one server, or both.
struct SizeTargetOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL server: its slots count, and without a PgBouncer its load.", valueName: "dsn"))
    var postgres: String?

    @Option(name: .long, help: ArgumentHelp("The PgBouncer admin console whose load is measured.", valueName: "dsn"))
    var pgbouncer: String?

    @Option(name: .long, help: ArgumentHelp("Read targets, cores and spindles from this file.", valueName: "file"))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Which of the file's targets (repeatable; the server of a pooler's cluster is found).", valueName: "name"))
    var target: [String] = []

    @Option(name: .long, help: ArgumentHelp("Only the load of this database.", valueName: "name"))
    var database: String?

    @Option(name: .long, help: ArgumentHelp("How long to watch, 1s to 1h (default 30s).", valueName: "duration"))
    var watch: String?

    /// Whether nothing is to be measured.
    var isEmpty: Bool { postgres == nil && pgbouncer == nil && config == nil }

    var window: Duration { watch.flatMap(DurationText.parse) ?? LoadWatch.usualWindow }

    func validate() throws {
        guard config == nil || (postgres == nil && pgbouncer == nil) else {
            throw ValidationError("--config and --postgres/--pgbouncer exclude each other: name targets with --target")
        }
        guard config != nil || target.isEmpty else {
            throw ValidationError("--target names a target of a configuration: give it with --config")
        }
        if let watch {
            guard let window = DurationText.parse(watch), LoadWatch.windowBounds.contains(window) else {
                throw ValidationError(
                    "--watch: “\(watch)” is not a duration between 1s and 1h; write for example 30s or 5m")
            }
        }
        guard !isEmpty || (watch == nil && database == nil) else {
            throw ValidationError(
                "--watch and --database are about a target: give it with --pgbouncer, --postgres or --config")
        }
    }

    /// To be called first: takes passwords out of the process's argument list.
    func hideSecrets() {
        ArgumentScrubber.hideSecrets(in: [postgres, pgbouncer].compactMap(\.self))
    }

    /// The targets; nil where nothing is to be measured.
    /// - Throws: `ConfigurationError`, `SizingError`.
    func chosen() throws -> SizeTargets? {
        guard !isEmpty else { return nil }
        guard let config else {
            let configuration = try CommandLineTargets.configuration(
                postgres: [postgres].compactMap(\.self), pgbouncer: [pgbouncer].compactMap(\.self), dataSource: .none,
                listen: [], interval: nil)
            return try SizeTargets(in: configuration, named: [])
        }
        return try SizeTargets(in: try ConfigurationFile.load(path: config), named: target)
    }
}
