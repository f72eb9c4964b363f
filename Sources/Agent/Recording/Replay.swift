import Collectors
import Exposition
import Observations

/// One tick of one target in a recording.
package struct ReplayedTick: Sendable, Equatable {
    /// Counted over all targets, from 1.
    package let number: Int
    /// The agent's wall clock when it ended, in seconds since 1970.
    package let time: Double
    package let target: String
    package let state: TargetState
    /// Answers with rows that could be read, and without.
    package var good = 0
    package var failed = 0
    /// Rows of all answers.
    package var rows = 0
}

/// Feeds recorded events to pipelines as the sampler did. Pure.
///
/// What was live after a tick is there again after it: the events of a tick take effect at its end, all together, so
/// that those of a last tick that was cut off have none.
struct Replay {
    /// About how much memory events may hold until their tick ends; beyond that they take effect before.
    private static let waitingLimit = 512 << 20

    private struct Target {
        let name: String
        var pipeline: TargetPipeline
        var waiting: [TimedEvent] = []
        var rows = 0
        var good = 0
        var failed = 0
    }

    private var targets: [Target]
    private var waitingBytes = 0
    private(set) var ticks = 0

    init(_ header: RecordingHeader) {
        let board = ClusterBoard()
        targets = header.targets.map {
            Target(
                name: $0.profile.name,
                pipeline: TargetPipeline(profile: $0.profile, interval: $0.interval, board: board))
        }
    }

    /// Takes in one event.
    /// - Returns: The tick that it ended.
    mutating func apply(_ event: TimedEvent, rows: Int) -> ReplayedTick? {
        targets[event.target].waiting.append(event)
        targets[event.target].rows += rows
        waitingBytes += RecordingQueue.cost(of: event)
        if waitingBytes > Self.waitingLimit {
            for index in targets.indices { catchUp(index) }
        }
        guard case .tickEnded(let state, _) = event.event else { return nil }
        catchUp(event.target)
        ticks += 1
        let target = targets[event.target]
        (targets[event.target].good, targets[event.target].failed, targets[event.target].rows) = (0, 0, 0)
        return ReplayedTick(
            number: ticks, time: event.time, target: target.name, state: state, good: target.good,
            failed: target.failed, rows: target.rows)
    }

    private mutating func catchUp(_ index: Int) {
        let events = targets[index].waiting
        targets[index].waiting.removeAll(keepingCapacity: true)
        for event in events {
            waitingBytes -= RecordingQueue.cost(of: event)
            switch targets[index].pipeline.apply(event.event, at: event.time)?.outcome {
            case nil, .skipped: break
            case .ok: targets[index].good += 1
            case .error, .timeout: targets[index].failed += 1
            }
        }
    }

    /// One snapshot per target, as after the last tick.
    var snapshots: [Snapshot] { targets.map { $0.pipeline.snapshot() } }

    /// All families, as `/metrics` has them, but for those of the agent itself.
    var families: [MetricFamily] { Snapshot.merging(snapshots) }
}
