import Exposition
import Observations

/// Time that sessions spend in each state and wait: its `rate()` is the average number of such sessions.
package struct SessionSecondsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [sessionSeconds, FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    static let sessionSeconds = FamilyDescriptor(
        "poolscope_session_seconds_total", .counter, unit: "seconds",
        labels: ["datname", "state", "wait_event_type", "wait_event"], openLabels: ["wait_event"],
        help: "Time spent by client backends and parallel workers in each state and wait event, by sampling: each "
            + "sample adds the time since the one before. The rate is average (active) sessions; state=\"active\" with "
            + "an empty wait event is a session on the CPU. Where privileges hide what a session does, its state is "
            + "empty, too.")

    private struct Activity: Hashable {
        let database: String?
        let state: BackendState?
        let waitEventType: String?
        let waitEvent: String?

        init(_ row: ActivityRow) {
            database = row.database
            state = row.state
            waitEventType = row.waitEventType
            waitEvent = row.waitEvent
        }

        var labels: Labels {
            [
                "datname": database ?? "", "state": state?.name ?? "", "wait_event_type": waitEventType ?? "",
                "wait_event": waitEvent ?? "",
            ]
        }
    }

    private var seconds: CounterVector
    private var previous: ServerTime?

    /// Wait events make many series of few names; no client chooses them.
    private static let leastLimit = 2_000

    package init(target: TargetProfile) {
        seconds = CounterVector(Self.sessionSeconds, limit: max(Self.leastLimit, target.rules.seriesLimit))
    }

    package mutating func observe(_ facts: Facts) {
        guard let sample = facts.fresh(ActivitySource.self) else { return }
        defer { previous = sample.sampledAt }
        guard let previous else { return }
        let elapsed = sample.sampledAt.seconds(since: previous)
        var sessions: [Activity: Int] = [:]
        for row in sample.rows where (row.isClientBackend && !row.isSelf) || row.isParallelWorker {
            sessions[Activity(row), default: 0] += 1
        }
        for (activity, count) in sessions { seconds.add(elapsed * Double(count), activity.labels) }
        seconds.endTick(at: sample.sampledAt.unixSeconds)
    }

    /// What sessions did while nobody looked is not known: the time of a gap is credited to nobody.
    package mutating func miss(_ state: TargetState) {
        previous = nil
    }

    package func emit(into builder: inout SnapshotBuilder) {
        seconds.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": Self.sessionSeconds.name], seconds.folded)
    }
}
