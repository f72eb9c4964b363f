import Exposition

/// Reads a recording from a file and makes its metrics again, tick by tick.
package struct RecordingPlayer: ~Copyable {
    private var input: RecordingInput
    private var replay = Replay(RecordingHeader(agentVersion: "", startTime: 0, targets: [], includesQueryText: false))
    private var warnings: [String] = []
    /// Events that are missing in what was read so far.
    private var missingEvents = 0

    /// - Parameter path: of the file; `-` is standard input.
    package init(path: String) throws(RecordingError) {
        input = try RecordingInput.open(path: path)
    }

    /// Plays up to the end of the next tick; nil when there is none.
    package mutating func nextTick() throws(RecordingError) -> ReplayedTick? {
        while let item = try input.next() {
            switch item {
            case .header(let header):
                replay = Replay(header)
            case .gap(_, let events):
                missingEvents += events
            case .event(let event, let rows):
                if let tick = replay.apply(event, rows: rows) { return tick }
            }
        }
        if input.endsEarly { warnings.append("the recording ends early, after tick \(replay.ticks)") }
        if missingEvents > 0 {
            warnings.append("\(missingEvents) events are missing: the disk was too slow when they were recorded")
        }
        return nil
    }

    /// The text of `/metrics` after the last tick that was played, but for the families of the agent itself.
    package var metrics: String {
        String(decoding: TextEncoder.encode(replay.families), as: UTF8.self)
    }

    /// What the user should know of what was played so far; each is told once.
    package mutating func takeWarnings() -> [String] {
        defer { warnings = [] }
        return warnings + input.takeWarnings()
    }
}
