import Exposition
import Observations

/// Which time-outs hold where.
package struct TimeoutsCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [timeout]
    package static let sources: [any Source.Type] = [TimeoutSettingsSource.self]

    static let timeout = FamilyDescriptor(
        "poolscope_timeout_seconds", .gauge, unit: "seconds", labels: ["name", "scope", "setting"],
        help: "The time-out that holds for a new session; 0 means none. scope=\"server\" is what the configuration (or "
            + "ALTER ROLE ALL) gives; \"database\" and \"role\" are what ALTER DATABASE and ALTER ROLE set, else the "
            + "server's; \"role_in_database\" (named role@database) exists only where ALTER ROLE … IN DATABASE set it. "
            + "The most special holds: role_in_database, role, database, server. Absent where something set for "
            + "Poolscope's own role or database hides the server's value from it. What a session sets for itself is "
            + "not seen. At most 100 databases, 100 roles and 100 pairs, those with settings of their own first.")

    private static let pairLimit = 100

    private struct Scope: Hashable {
        let kind: String
        let name: String
    }

    private var values: [Scope: [String: Double]] = [:]

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        values = facts[TimeoutSettingsSource.self].map(Self.effective) ?? [:]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (scope, settings) in values {
            for (setting, seconds) in settings {
                builder.add(
                    Self.timeout, ["name": scope.name, "scope": scope.kind, "setting": setting], seconds)
            }
        }
    }

    private static func effective(_ settings: TimeoutSettings) -> [Scope: [String: Double]] {
        var server = settings.server.compactMapValues(TimeoutText.seconds)
        var databases: [String: [String: Double]] = [:]
        var roles: [String: [String: Double]] = [:]
        var pairs: [String: [String: Double]] = [:]
        for override in settings.overrides {
            // What the server would not take, it ignores with a warning.
            guard let seconds = TimeoutText.seconds(override.value) else { continue }
            switch (override.database, override.role) {
            case (nil, nil): server[override.setting] = seconds
            case (let database?, nil): databases[database, default: [:]][override.setting] = seconds
            case (nil, let role?): roles[role, default: [:]][override.setting] = seconds
            case (let database?, let role?): pairs["\(role)@\(database)", default: [:]][override.setting] = seconds
            }
        }
        var values = [Scope(kind: "server", name: ""): server]
        for name in settings.databases {
            values[Scope(kind: "database", name: name)] = server.merging(databases[name] ?? [:]) { $1 }
        }
        for name in settings.roles {
            values[Scope(kind: "role", name: name)] = server.merging(roles[name] ?? [:]) { $1 }
        }
        for (name, own) in pairs.sorted(by: { $0.key < $1.key }).prefix(pairLimit) {
            values[Scope(kind: "role_in_database", name: name)] = own
        }
        return values
    }
}
