import Exposition
import Observations
import PoolVocabulary

/// The server's own connection slots as a pool: who connects borrows one.
package struct ServerSlotsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = PoolFamilies.all
    package static let sources: [any Source.Type] = [ActivitySource.self, SettingsSource.self]

    private static let labels = PoolFamilies.labels(pooler: "server")

    private var busy: Int?
    private var usable: Double?
    private var isRefusing = false
    private var saturations = HistogramVector(PoolFamilies.saturationSampled)

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        isRefusing = false
        busy = facts[ActivitySource.self]?.clientBackends
        usable = facts[SettingsSource.self].flatMap(Self.usableSlots)
        if facts.fresh(ActivitySource.self) != nil, let saturation { saturations.observe(saturation, Self.labels) }
    }

    package mutating func miss(_ state: TargetState) { miss(state, refusal: nil) }

    /// A server without a free slot is seen from outside, too: it says so when it turns us away. When it is our role's
    /// or our database's own limit that is full, nothing is known of the server's.
    package mutating func miss(_ state: TargetState, refusal: Refusal?) {
        busy = nil
        isRefusing = state == .tooManyConnections && (refusal ?? .server) == .server
        if isRefusing { saturations.observe(1, Self.labels) }
    }

    private var saturation: Double? {
        guard let busy, let usable, usable > 0 else { return nil }
        return Double(busy) / usable
    }

    package func emit(into builder: inout SnapshotBuilder) {
        saturations.emit(into: &builder)
        if isRefusing {
            builder.add(PoolFamilies.saturation, Self.labels, 1, evenWhenDown: true)
            return
        }
        if let usable { builder.add(PoolFamilies.size, Self.labels, usable) }
        if let saturation { builder.add(PoolFamilies.saturation, Self.labels, saturation) }
        guard let busy else { return }
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
