import Exposition
import Observations

/// `SHOW CLIENTS` under pgbouncer_exporter's name.
package struct PeerBouncerClientsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = [clients, FoldedSeries.descriptor]
    package static let sources: [any Source.Type] = [BouncerClientsSource.self]

    static let clients = FamilyDescriptor(
        "pgbouncer_client_connections", .gauge, labels: ["database", "user", "application_name", "state"],
        help: "Client connections by database, user, application (1.18+) and state, sessions of the admin console "
            + "included. What is beyond the budget of label sets is summed as “other”. Read less often than at "
            + "every tick where there are thousands of clients.")

    private var published: [Labels: Double] = [:]
    private var budget: SeriesBudget

    package init(target: TargetProfile) {
        budget = SeriesBudget(limit: max(1, target.rules.seriesLimit))
    }

    package mutating func observe(_ facts: Facts) {
        guard let rows = facts[BouncerClientsSource.self] else {
            published = [:]
            return
        }
        guard facts.fresh(BouncerClientsSource.self) != nil || published.isEmpty else { return }
        // Labels are dear to make; most clients share them with others.
        var counts: [Group: Double] = [:]
        for row in rows {
            let group = Group(
                database: row.database, user: row.user, application: row.application, state: row.state)
            counts[group, default: 0] += 1
        }
        let labelled = Dictionary(counts.map { ($0.key.labels, $0.value) }, uniquingKeysWith: +)
        published = budget.fold(labelled) { labels in
            ["database": "other", "user": "other", "application_name": "other", "state": labels["state"] ?? ""]
        }
    }

    private struct Group: Hashable {
        let database: String
        let user: String
        let application: String
        let state: String

        var labels: Labels {
            ["database": database, "user": user, "application_name": application, "state": state]
        }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, count) in published { builder.add(Self.clients, labels, count) }
        builder.add(FoldedSeries.descriptor, ["family": Self.clients.name], budget.folded)
    }
}
