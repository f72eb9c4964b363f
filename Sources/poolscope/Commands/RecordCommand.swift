import Agent
import ArgumentParser
import Glibc
import Logging

struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Sample the targets and write down what they answer, for poolscope replay.",
        discussion: """
            The file holds what the targets answered: names of databases, roles and applications, client addresses, \
            states and counters. It holds no connection string or password of Poolscope's, and no statement's text \
            unless --with-query-text asks for it. Only its owner can read it. Ctrl-C ends the recording.

            Examples:
              poolscope record --postgres "host=db1 user=poolscope dbname=postgres" --duration 60s incident.rec
              poolscope record --config poolscope.yml incident.rec
              poolscope replay incident.rec
            """)

    @Argument(help: "The file to write.")
    var file: String

    @OptionGroup var targets: TargetOptions

    @Option(
        name: .long, help: ArgumentHelp("End after this time, e.g. 60s (default: on Ctrl-C).", valueName: "duration"))
    var duration: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "End before the file is larger, e.g. 500KiB, 64MiB, 1GiB (default 1GiB).", valueName: "size"))
    var maxSize: String = "1GiB"

    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Also record the first 1,000 characters of each statement's text. Texts may hold personal data and secrets: "
                + "whoever gets the file gets them, too."))
    var withQueryText = false

    @Flag(name: .long, help: "Overwrite the file if it exists.")
    var force = false

    @OptionGroup var logging: LoggingOptions

    /// The least that makes sense: a few samples.
    private static let smallestSize = 4 << 10

    func validate() throws {
        if let duration {
            guard let parsed = DurationText.parse(duration), parsed > .zero else {
                throw ValidationError("--duration: “\(duration)” is not a duration; write for example 30s, 5m or 1h30m")
            }
        }
        guard let size = SizeText.parse(maxSize), size >= Self.smallestSize else {
            throw ValidationError(
                "--max-size: “\(maxSize)” is not a size of at least 4KiB; write for example 64MiB or 1GiB")
        }
    }

    func run() async throws {
        targets.hideSecrets()
        // A limit on the size of files is a full disk, not a reason to be killed.
        signal(SIGXFSZ, SIG_IGN)
        let log = logging.bootstrap()
        var options = RecordingOptions(path: file)
        options.overwrites = force
        options.duration = duration.flatMap(DurationText.parse)
        options.sizeLimit = SizeText.parse(maxSize) ?? options.sizeLimit
        options.includesQueryText = withQueryText
        let recorder = try Failure.explaining {
            try Recorder(try targets.configuration(), options: options, version: PoolscopeVersion.current, log: log)
        }
        // A slow disk may need a while for what waits to be written.
        try await AgentRunner.run(recorder, grace: .seconds(10), log: log)
        guard let summary = recorder.summary else { throw ExitCode.failure }
        Output.say(Self.text(of: summary, file: file, maxSize: maxSize))
        if case .failed(let error) = summary.ending {
            Failure.say("poolscope: \(error)")
            throw ExitCode.failure
        }
    }

    private static func text(of summary: RecordingSummary, file: String, maxSize: String) -> String {
        var lines = ["\(file): \(SizeText.format(summary.size)), \(summary.targets.reduce(0) { $0 + $1.ticks }) ticks"]
        for target in summary.targets {
            lines.append(
                "  \(target.name): \(target.ticks) ticks, \(target.samples) samples, \(target.failures) failed, "
                    + "\(SizeText.format(target.bytes)) before compression; \(target.state.rawValue) at the end")
        }
        if summary.omittedEvents > 0 {
            lines.append(
                "\(summary.omittedEvents) events were left out, because the disk was too slow; the recording says where"
            )
        }
        if summary.ending == .sizeReached { lines.append("ended because the file has reached its limit of \(maxSize)") }
        return lines.joined(separator: "\n")
    }
}
