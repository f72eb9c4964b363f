import Exposition
import Observations

/// Client connections by who holds them.
package struct ConnectionsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [connections, FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    static let connections = FamilyDescriptor(
        "poolscope_connections", .gauge, labels: ["datname", "usename", "application_name", "state"],
        openLabels: ["usename", "application_name"],
        help: "Client backends by database, role, application and state, Poolscope's own session included. state is "
            + "empty where privileges hide it. Beyond series_limit label sets the rest is summed as “other”.")

    private var published: [Labels: Double] = [:]
    private var counts: [Labels: Double] = [:]
    private var labels = TraitLabels { traits in
        [
            "datname": traits.database ?? "", "usename": traits.user ?? "",
            "application_name": traits.applicationName, "state": traits.state?.name ?? "",
        ]
    }
    private var budget: SeriesBudget

    package init(target: TargetProfile) {
        budget = SeriesBudget(limit: target.rules.seriesLimit)
    }

    package mutating func observe(_ facts: Facts) {
        guard let sample = facts[ActivitySource.self] else {
            published = [:]
            return
        }
        counts.removeAll(keepingCapacity: true)
        labels.begin(sample)
        for group in sample.groups where group.traits.isClientBackend {
            counts[labels[group], default: 0] += Double(group.count)
        }
        let time = sample.sampledAt.unixSeconds
        published = budget.fold(counts, at: time, other: Self.connections.folding)
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, count) in published { builder.add(Self.connections, labels, count) }
        builder.add(FoldedSeries.descriptor, ["family": Self.connections.name], budget.folded)
    }
}
