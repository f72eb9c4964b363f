import Exposition
import Observations

/// Durations of statements.
package struct StatementsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [queryDuration, queryDurationInfo, episodes, FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    static let queryDuration = FamilyDescriptor(
        "poolscope_query_duration_seconds", .histogram, unit: "seconds", labels: ["datname"],
        buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
        help: "Durations of client statements, each counted once when it has ended. Complete for statements that last "
            + "at least one sampling interval; shorter ones are counted only when they were the last of their session "
            + "at a sample (see poolscope_query_duration_info).")
    static let queryDurationInfo = FamilyDescriptor(
        "poolscope_query_duration_info", .info, labels: ["datname", "source"],
        help: "Where poolscope_query_duration_seconds comes from: source=\"sampled\" is pg_stat_activity alone.")
    static let episodes = FamilyDescriptor(
        "poolscope_episodes_total", .counter, labels: ["kind", "end"],
        help: "Episodes that were followed to their end, by how the end is known: exact (the server showed it) or "
            + "estimated (it lies between two samples: the midpoint, at most twice the last age seen).")

    private var tracker = StatementTracker()
    private var durations: HistogramVector
    private var ends = CounterVector(episodes)
    private var databases: Set<String> = []

    package init(target: TargetProfile) {
        durations = HistogramVector(Self.queryDuration, limit: target.rules.seriesLimit)
        for end in EpisodeEnd.allCases { ends.add(0, Self.labels(of: end)) }
    }

    package mutating func observe(_ facts: Facts) {
        guard let sample = facts.fresh(ActivitySource.self) else { return }
        databases = Set(sample.rows.lazy.filter(\.isClientBackend).compactMap(\.database))
        for database in databases { durations.touch(["datname": database]) }
        for statement in tracker.observe(sample) {
            durations.observe(statement.seconds, ["datname": statement.database])
            ends.add(1, Self.labels(of: statement.end))
        }
        durations.endTick(at: sample.sampledAt.unixSeconds)
    }

    package mutating func miss(_ state: TargetState) {
        tracker.interrupt()
    }

    package func emit(into builder: inout SnapshotBuilder) {
        durations.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": Self.queryDuration.name], durations.folded)
        ends.emit(into: &builder)
        for database in databases {
            builder.add(Self.queryDurationInfo, ["datname": database, "source": "sampled"], 1)
        }
    }

    private static func labels(of end: EpisodeEnd) -> Labels {
        ["kind": "statement", "end": end.rawValue]
    }
}
