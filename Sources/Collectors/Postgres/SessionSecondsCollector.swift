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

    private var seconds: CounterVector
    private var sessions: [Labels: Int] = [:]
    private var labels = TraitLabels { traits in
        [
            "datname": traits.database ?? "", "state": traits.state?.name ?? "",
            "wait_event_type": traits.waitEventType ?? "", "wait_event": traits.waitEvent ?? "",
        ]
    }
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
        sessions.removeAll(keepingCapacity: true)
        labels.begin(sample)
        for group in sample.groups {
            let traits = group.traits
            guard (traits.isClientBackend && !traits.isSelf) || traits.isParallelWorker else { continue }
            sessions[labels[group], default: 0] += group.count
        }
        for (labels, count) in sessions { seconds.add(elapsed * Double(count), labels) }
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
