import Agent
import ArgumentParser
import Foundation

/// The flags that say what to check.
struct CheckTargetOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("A PostgreSQL server to check (repeatable).", valueName: "dsn"))
    var postgres: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A PgBouncer admin console to check (repeatable). Without --config, it is taken for the pooler of the server "
                + "that is given with it.", valueName: "dsn"))
    var pgbouncer: [String] = []

    @Option(name: .long, help: ArgumentHelp("Read targets and snoozed checks from this file.", valueName: "file"))
    var config: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Check only this target of the configuration (repeatable).", valueName: "name"))
    var target: [String] = []

    @Option(name: .long, help: "Processor cores of the server's machine.")
    var cores: Int?

    @Option(name: .long, help: "Effective spindles of the server's machine; an SSD counts as 1.")
    var spindles: Int?

    @Option(name: .long, help: ArgumentHelp("Memory of the server's machine, e.g. 16GiB.", valueName: "size"))
    var memory: String?

    func validate() throws {
        guard config == nil || (postgres.isEmpty && pgbouncer.isEmpty) else {
            throw ValidationError(
                "--config and --postgres/--pgbouncer exclude each other: put all targets into the file")
        }
        guard target.isEmpty || config != nil else {
            throw ValidationError("--target names a target of a configuration; give one with --config")
        }
        guard config == nil || (cores == nil && spindles == nil && memory == nil) else {
            throw ValidationError(
                "--cores, --spindles and --memory go with --postgres; in a file, targets have their own")
        }
        try check(cores, TargetConfiguration.coresBounds, "--cores")
        try check(spindles, TargetConfiguration.spindlesBounds, "--spindles")
        if let memory, memoryBytes == nil {
            throw ValidationError(
                "--memory: “\(memory)” is not a size from 64MiB to 1024TiB; write for example 16GiB")
        }
    }

    private func check(_ number: Int?, _ bounds: ClosedRange<Int>, _ flag: String) throws {
        guard let number, !bounds.contains(number) else { return }
        throw ValidationError("\(flag): \(number) is not from \(bounds.lowerBound) to \(bounds.upperBound)")
    }

    private var memoryBytes: Int? {
        memory.flatMap(SizeText.parse).flatMap { TargetConfiguration.memoryBounds.contains($0) ? $0 : nil }
    }

    /// To be called first: takes passwords out of the process's argument list.
    func hideSecrets() {
        ArgumentScrubber.hideSecrets(in: postgres + pgbouncer)
    }

    func configuration() throws -> AgentConfiguration {
        guard let config else { return try fromFlags() }
        var configuration = try ConfigurationFile.load(path: config)
        if !target.isEmpty { try configuration.keepTargets(named: target, flag: "--target") }
        return configuration
    }

    private func fromFlags() throws -> AgentConfiguration {
        var configuration = try CommandLineTargets.configuration(
            postgres: postgres, pgbouncer: pgbouncer,
            dataSource: DataSourceEnvironment(ProcessInfo.processInfo.environment), listen: [], interval: nil)
        for index in configuration.targets.indices {
            configuration.targets[index].cluster = SystemCheck.commandLineCluster
            guard configuration.targets[index].kind == .postgres else { continue }
            configuration.targets[index].cores = cores
            configuration.targets[index].spindles = spindles
            configuration.targets[index].memoryBytes = memoryBytes
        }
        return configuration
    }
}
