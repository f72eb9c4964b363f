import Exposition
import Observations
import PoolVocabulary

/// The server's own connection slots as a pool: who connects borrows one.
package struct ServerSlotsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = PoolFamilies.all
    package static let sources: [any Source.Type] = [
        ActivitySource.self, SettingsSource.self, BackendCountSource.self,
    ]

    private static let labels = PoolFamilies.labels(pooler: "server")

    private var use = SlotUse()
    private var usable: Double?
    private var isRefusing = false
    private var sampled = HistogramVector(PoolFamilies.saturationSampled)

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        isRefusing = false
        use.observe(facts)
        usable = facts[SettingsSource.self].flatMap(Self.usableSlots)
        guard let time = use.countedAt else { return }
        if let saturation { sampled.observe(saturation, Self.labels) }
        sampled.tell(time.unixSeconds)
    }

    package mutating func miss(_ state: TargetState) { miss(state, refusal: nil) }

    /// A server without a free slot is seen from outside, too: it says so when it turns us away. When it is our role's
    /// or our database's own limit that is full, nothing is known of the server's.
    package mutating func miss(_ state: TargetState, refusal: Refusal?) {
        use.miss()
        isRefusing = state == .tooManyConnections && (refusal ?? .server) == .server
        if isRefusing { sampled.observe(1, Self.labels) }
    }

    private var saturation: Double? {
        guard let busy = use.busy, let usable, usable > 0 else { return nil }
        return Double(busy) / usable
    }

    package var saturations: [Labels: Double] {
        (isRefusing ? 1 : saturation).map { [Self.labels: $0] } ?? [:]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        sampled.emit(into: &builder)
        for (labels, ratio) in saturations {
            builder.add(PoolFamilies.saturation, labels, ratio, evenWhenDown: isRefusing)
        }
        guard !isRefusing else { return }
        if let usable { builder.add(PoolFamilies.size, Self.labels, usable) }
        guard let busy = use.busy else { return }
        builder.add(PoolFamilies.connections, Self.labels.adding("state", "busy"), Double(busy))
        if let usable {
            builder.add(PoolFamilies.connections, Self.labels.adding("state", "free"), max(0, usable - Double(busy)))
        }
    }

    /// max_connections − superuser_reserved_connections − reserved_connections (PostgreSQL 16+).
    static func usableSlots(_ settings: [ServerSetting]) -> Double? {
        func value(_ name: String) -> Double? { settings.first { $0.name == name }?.value }
        guard let maximum = value("max_connections") else { return nil }
        let reserved = (value("superuser_reserved_connections") ?? 0) + (value("reserved_connections") ?? 0)
        return max(0, maximum - reserved)
    }
}
