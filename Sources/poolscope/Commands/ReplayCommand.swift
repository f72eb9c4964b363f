import Agent
import ArgumentParser
import Foundation

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make the metrics of a recording again.",
        discussion: """
            Prints the targets' families as /metrics had them after the last tick. A recording that ends early is read \
            up to there, with a warning; one that is damaged is refused with exit code 1.

            Examples:
              poolscope replay incident.rec
              poolscope replay --list incident.rec
              poolscope replay --tick 42 incident.rec
              poolscope replay --every-tick incident.rec | grep -E "^#  *tick|waiting_clients"
            """)

    @Argument(help: "The file that poolscope record wrote; - for standard input.")
    var file: String

    @Flag(name: .long, help: "Print the metrics after every tick of any target, each after a line “# tick …”.")
    var everyTick = false

    @Option(name: .long, help: ArgumentHelp("Print the metrics after the n-th tick.", valueName: "n"))
    var tick: Int?

    @Flag(name: .long, help: "Print one line per tick instead of metrics.")
    var list = false

    func validate() throws {
        guard [everyTick, tick != nil, list].count(where: \.self) <= 1 else {
            throw ValidationError("--every-tick, --tick and --list exclude each other")
        }
        if let tick, tick < 1 { throw ValidationError("--tick: ticks count from 1") }
    }

    func run() async throws {
        try Failure.explaining {
            var player = try RecordingPlayer(path: file)
            var ticks = 0
            while let tick = try next(&player) {
                ticks = tick.number
                if list { try Output.deliver(Self.line(tick)) }
                if everyTick {
                    try Output.deliver(
                        "# tick \(tick.number) \(Self.time(tick.time)) target=\(Self.printable(tick.target))")
                    try deliverMetrics(of: player)
                }
                if tick.number == self.tick { return try deliverMetrics(of: player) }
            }
            if let tick {
                Failure.say("poolscope: \(file) has \(ticks) ticks; there is no tick \(tick)")
                throw ExitCode.failure
            }
            if !list, !everyTick { try deliverMetrics(of: player) }
        }
    }

    /// The next tick; what is to be said of the recording goes to standard error.
    private func next(_ player: inout RecordingPlayer) throws -> ReplayedTick? {
        let tick = try player.nextTick()
        for warning in player.takeWarnings() {
            Failure.say("poolscope: warning: \(Self.printable(file)): \(Self.printable(warning))")
        }
        return tick
    }

    private func deliverMetrics(of player: borrowing RecordingPlayer) throws {
        // A line feed comes with the delivery.
        let metrics = player.metrics
        if !metrics.isEmpty { try Output.deliver(String(metrics.dropLast())) }
    }

    private static func line(_ tick: ReplayedTick) -> String {
        "\(tick.number) \(time(tick.time)) target=\(printable(tick.target)) state=\(tick.state.rawValue) "
            + "ok=\(tick.good) failed=\(tick.failed) rows=\(tick.rows)"
    }

    private static func time(_ seconds: Double) -> String {
        // Foundation's calendar is not made for times that nobody meant.
        guard 0..<100_000_000_000 ~= seconds else { return "\(seconds)" }
        return Date(timeIntervalSince1970: seconds).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// On one line, whatever the recording holds.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
    }
}
