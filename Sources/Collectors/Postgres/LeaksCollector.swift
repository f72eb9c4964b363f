import Exposition
import Observations

/// Connections that an application has opened and seems to have lost.
package struct LeaksCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [leaked, FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    package static let leaked = FamilyDescriptor(
        "poolscope_leaked_connections", .gauge, labels: ["datname", "application_name"],
        openLabels: ["application_name"],
        help: "Client sessions that are idle (not in a transaction) for longer than leak_threshold, counted only while "
            + "the least number of idle ones keeps rising: as many as it rose by within three thresholds, at least in "
            + "two steps. 0 for idle sessions that do not leak; absent until three half thresholds have been watched, "
            + "and where privileges hide a session. A slower leak needs a longer leak_threshold.")

    private let threshold: Double
    private var detector: LeakDetector
    private var budget: SeriesBudget
    private var leaks: [Labels: Int] = [:]
    private var labels = TraitLabels { traits in
        ["datname": traits.database ?? "", "application_name": traits.applicationName]
    }

    package init(target: TargetProfile) {
        threshold = target.rules.leakSeconds
        detector = LeakDetector(threshold: threshold)
        budget = SeriesBudget(limit: target.rules.seriesLimit)
    }

    package mutating func observe(_ facts: Facts) {
        guard facts[ActivitySource.self] != nil else { return miss(.up) }
        guard let sample = facts.fresh(ActivitySource.self) else { return }
        var groups: [Labels: IdleSessions] = [:]
        var hidden: Set<Labels> = []
        labels.begin(sample)
        for group in sample.groups where group.traits.isClientBackend && !group.traits.isSelf {
            if sample.hasHidden(in: group) { hidden.insert(labels[group]) }
            guard group.traits.state == .idle else { continue }
            let idle = idleSessions(group, of: sample)
            if idle.count > 0 { groups[labels[group], default: IdleSessions()].add(idle) }
        }
        let other = Self.leaked.folding
        let time = sample.sampledAt.unixSeconds
        _ = budget.fold(groups.mapValues { Double($0.count) }, at: time, other: other)
        // Before the detector sees them: the rest may leak together, and memory is bounded by the budget.
        let folded =
            !budget.isFolding
            ? groups
            : groups.reduce(into: [Labels: IdleSessions]()) { folded, group in
                folded[budget.place(of: group.key, other: other), default: IdleSessions()].add(group.value)
            }
        leaks = detector.observe(folded, at: sample.sampledAt)
        for labels in hidden { leaks[budget.place(of: labels, other: other)] = nil }
    }

    private func idleSessions(_ group: ActivitySample.Group, of sample: ActivitySample) -> IdleSessions {
        var idle = IdleSessions()
        for index in sample.indices(of: group) {
            guard let since = sample.rows[Int(index)].stateChange else { continue }
            idle.count += 1
            if sample.sampledAt.seconds(since: since) > threshold { idle.beyondThreshold += 1 }
        }
        return idle
    }

    /// How many connections each application leaks, in the order of their labels; nil while that is not known of any.
    package var leaked: [(labels: Labels, count: Int)]? {
        leaks.isEmpty ? nil : leaks.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    package mutating func miss(_ state: TargetState) {
        leaks = [:]
        detector.interrupt()
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, count) in leaks { builder.add(Self.leaked, labels, Double(count)) }
        builder.add(FoldedSeries.descriptor, ["family": Self.leaked.name], budget.folded)
    }
}
