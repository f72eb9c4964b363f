import Advisor
import Agent
import ArgumentParser
import Glibc

struct SizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size",
        abstract: "Say how large a pool should be, and print its settings.",
        discussion: """
            From the cores of the server: cores × 2 + effective spindles. From a target's load, watched for a while: the \
            fewest connections with which few enough transactions wait. With both, and the server's slots: what fits.

            Examples:
              poolscope size --cores 4
              poolscope size --pgbouncer "host=db1 port=6432 user=poolscope" --postgres "host=db1 user=poolscope" --cores 8
              poolscope size --config poolscope.yml --target main-pool --watch 5m --format pgbouncer
              poolscope size --arrival-rate 400 --service-time 12ms --wait-probability 0.01

            Only reads. The cores of a server cannot be seen over SQL: give them.
            """)

    @OptionGroup(title: "What is measured") var targets: SizeTargetOptions

    @Option(name: .long, help: ArgumentHelp("Processor cores of the PostgreSQL server.", valueName: "n"))
    var cores: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its effective spindles: an SSD counts as 1, data that is all in memory as 0 (default 1).", valueName: "n"))
    var spindles: Int?

    @Option(name: .long, help: ArgumentHelp("Transactions per second, instead of a measurement.", valueName: "n"))
    var arrivalRate: Double?

    @Option(
        name: .long,
        help: ArgumentHelp("How long one holds a connection on average, e.g. 12ms.", valueName: "duration"))
    var serviceTime: String?

    @Option(
        name: .long, help: ArgumentHelp("The share of transactions that may wait for a connection.", valueName: "share")
    )
    var waitProbability: Double = SizeRequest.defaultWaitProbability

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Poolers, or processes with a pool of their own, that share the server (default 1).", valueName: "n"))
    var poolers: Int = 1

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Pools in each: one for each database and user (default: as many databases as are used, or 1; with a "
                + "PgBouncer its own).", valueName: "n"))
    var pools: Int?

    @Option(
        name: .long,
        help: ArgumentHelp("One of \(SizeFormats.all.map(\.name).joined(separator: ", ")).", valueName: "format"))
    var format: String = "text"

    func validate() throws {
        guard SizeFormats.named(format) != nil else {
            throw ValidationError(
                "--format: “\(format)” is none of \(SizeFormats.all.map(\.name).joined(separator: ", "))")
        }
        guard WaitingLine.probabilityBounds.contains(waitProbability) else {
            throw ValidationError(
                "--wait-probability: \(waitProbability) is no share between 0.000001 and "
                    + "\(WaitingLine.probabilityBounds.upperBound); write for example 0.05 for 5 %")
        }
        try check("--cores", cores, SizingFormula.coresBounds)
        try check("--spindles", spindles, SizingFormula.spindlesBounds)
        try check("--poolers", poolers, SizeRequest.countBounds)
        try check("--pools", pools, SizeRequest.countBounds)
        try validateLoad()
    }

    private func check(_ flag: String, _ value: Int?, _ bounds: ClosedRange<Int>) throws {
        guard let value, !bounds.contains(value) else { return }
        throw ValidationError("\(flag): \(value) is not between \(bounds.lowerBound) and \(bounds.upperBound)")
    }

    private func validateLoad() throws {
        guard (arrivalRate == nil) == (serviceTime == nil) else {
            throw ValidationError("--arrival-rate and --service-time go together: the load is their product")
        }
        if let serviceTime, DurationText.parse(serviceTime) == nil {
            throw ValidationError(
                "--service-time: “\(serviceTime)” is not a duration; write for example 12ms, 0.5ms or 2s")
        }
        guard arrivalRate == nil || targets.isEmpty else {
            throw ValidationError(
                "--arrival-rate and a target exclude each other: the load is measured or given")
        }
        if let rate = arrivalRate, !LoadMeasurement.arrivalRateBounds.contains(rate) {
            throw ValidationError("--arrival-rate: \(rate) per second is not between 0.000001 and 10000000")
        }
        if spindles != nil, cores == nil, targets.config == nil {
            throw ValidationError("--spindles says nothing without --cores")
        }
        guard cores != nil || arrivalRate != nil || !targets.isEmpty else {
            throw ValidationError(
                "there is nothing to size by: give --cores, or a target (--pgbouncer, --postgres, --config), or "
                    + "--arrival-rate with --service-time")
        }
    }

    func run() async throws {
        targets.hideSecrets()
        do {
            let chosen = try Failure.explaining { try targets.chosen() }
            let report = try await report(chosen)
            try Output.deliver(SizeFormats.named(format)?.render(report) ?? "")
        } catch let error as SizingError {
            Failure.say("poolscope: \(error)")
            throw ExitCode.failure
        }
    }

    private func report(_ chosen: SizeTargets?) async throws -> SizeReport {
        // What was typed beats what the configuration has.
        let formula = try (cores ?? chosen?.cores).map { cores throws(SizingError) in
            try SizingFormula(cores: cores, spindles: spindles ?? chosen?.spindles)
        }
        let request = SizeRequest(
            formula: formula, waitProbability: waitProbability, poolers: poolers, pools: pools)
        guard let chosen else { return try Sizing.report(request, measurement: try given()) }
        if pools != nil, chosen.pgbouncer != nil {
            throw SizingError("--pools: PgBouncer shows its pools itself; leave it out")
        }
        let window = targets.window
        if isatty(STDERR_FILENO) == 1 { Failure.say("watching for \(DurationText.format(window)) …") }
        let outcome = try await LoadWatch(chosen, window: window, database: targets.database).run()
        for warning in outcome.warnings { Failure.say("poolscope: warning: \(warning)") }
        return try Sizing.report(request, measurement: outcome.measurement, slots: outcome.slots)
    }

    private func given() throws(SizingError) -> LoadMeasurement? {
        guard let arrivalRate, let time = serviceTime.flatMap(DurationText.parse) else { return nil }
        return try LoadMeasurement.given(arrivalRate: arrivalRate, serviceTime: time / .seconds(1))
    }
}
