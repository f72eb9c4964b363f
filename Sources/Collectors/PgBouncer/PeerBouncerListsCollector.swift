import Exposition
import Observations

/// `SHOW LISTS` under pgbouncer_exporter's names.
package struct PeerBouncerListsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let sources: [any Source.Type] = [BouncerListsSource.self]

    static let lists: [String: FamilyDescriptor] = [
        "databases": family("databases", "Databases."),
        "users": family("users", "Users."),
        "peers": family("peers", "Peers (1.19+)."),
        "pools": family("pools", "Pools."),
        "peer_pools": family("peer_pools", "Pools of peers (1.19+)."),
        "free_clients": family("free_clients", "Free client slots: memory kept for reuse, not room under a limit."),
        "used_clients": family("used_clients", "Client connections."),
        "login_clients": family("login_clients", "Clients in login."),
        "free_servers": family("free_servers", "Free server slots: memory kept for reuse, not idle connections."),
        "used_servers": family("used_servers", "Server connections."),
        "dns_names": family("cached_dns_names", "DNS names in the cache."),
        "dns_zones": family("cached_dns_zones", "DNS zones in the cache."),
        "dns_queries": family("in_flight_dns_queries", "DNS queries under way."),
    ]

    package static let families = lists.values.sorted { $0.name < $1.name }

    private static func family(_ name: String, _ help: String) -> FamilyDescriptor {
        FamilyDescriptor("pgbouncer_\(name)", .gauge, help: help)
    }

    private var items: [PgBouncerList] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        items = facts[BouncerListsSource.self] ?? []
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for item in items {
            if let family = Self.lists[item.name] { builder.add(family, .none, item.value) }
        }
    }
}
