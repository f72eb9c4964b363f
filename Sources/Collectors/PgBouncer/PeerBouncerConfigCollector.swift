import Exposition
import Observations

/// The settings that alerts divide by, under pgbouncer_exporter's names; the version; the state of the process.
package struct PeerBouncerConfigCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let sources: [any Source.Type] = [
        BouncerConfigSource.self, BouncerVersionSource.self, BouncerStateSource.self,
    ]

    static let settings: [(key: String, family: FamilyDescriptor)] = [
        setting("max_client_conn", "max_client_connections", "Client connections allowed."),
        setting("max_user_connections", "max_user_connections", "Server connections per user; 0 is unlimited."),
        setting("max_db_connections", "max_db_connections", "Server connections per database; 0 is unlimited."),
        setting("default_pool_size", "default_pool_size", "Server connections per pool."),
        setting("min_pool_size", "min_pool_size", "Server connections that each pool keeps open."),
        setting("reserve_pool_size", "reserve_pool_size", "Additional connections per pool; 0 is none."),
        setting(
            "reserve_pool_timeout", "reserve_pool_timeout_seconds", unit: "seconds",
            "Wait of a client after which the reserve is used."),
        setting(
            "query_wait_timeout", "query_wait_timeout_seconds", unit: "seconds",
            "Wait after which a client is disconnected; 0 is never."),
        setting(
            "server_idle_timeout", "server_idle_timeout_seconds", unit: "seconds",
            "Idle time after which a server connection is closed."),
        setting(
            "server_lifetime", "server_lifetime_seconds", unit: "seconds",
            "Age after which a server connection is closed once unused."),
    ]
    static let poolMode = FamilyDescriptor(
        "pgbouncer_config_pool_mode_info", .info, labels: ["pool_mode"], help: "The default pool mode.")
    static let version = FamilyDescriptor(
        "pgbouncer_version_info", .info, labels: ["version"], help: "The version that SHOW VERSION reports.")
    static let state = FamilyDescriptor(
        "poolscope_pgbouncer_state", .stateset, labels: ["state"],
        help: "SHOW STATE, where the version has it (1.18 has not): active, paused (all databases) or suspended.")

    package static let families = settings.map(\.family) + [poolMode, version, state]

    private static func setting(
        _ key: String, _ name: String, unit: String? = nil, _ help: String
    ) -> (key: String, family: FamilyDescriptor) {
        (key, FamilyDescriptor("pgbouncer_config_\(name)", .gauge, unit: unit, help: help))
    }

    private var config: PgBouncerSettings?
    private var version: String?
    private var state: PgBouncerSettings?

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        config = facts[BouncerConfigSource.self]
        version = facts[BouncerVersionSource.self]
        state = facts[BouncerStateSource.self]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        if let config {
            for (key, family) in Self.settings {
                if let number = config.number(key) { builder.add(family, .none, number) }
            }
            if let mode = config.values["pool_mode"] { builder.add(Self.poolMode, ["pool_mode": mode], 1) }
        }
        if let version { builder.add(Self.version, ["version": version], 1) }
        for (name, value) in state?.values ?? [:] {
            builder.add(Self.state, ["state": name], value == "yes" ? 1 : 0)
        }
    }
}
