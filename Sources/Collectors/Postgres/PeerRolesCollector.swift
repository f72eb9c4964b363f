import Exposition
import Observations

/// Connection limits of roles, under postgres_exporter's name.
package struct PeerRolesCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [connectionLimit]
    package static let sources: [any Source.Type] = [RolesSource.self]

    static let connectionLimit = FamilyDescriptor(
        "pg_roles_connection_limit", .gauge, labels: ["rolname"],
        help: "Connection limit of the role; -1 means none.")

    private var roles: [RoleLimit] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        roles = facts[RolesSource.self] ?? []
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for role in roles {
            builder.add(Self.connectionLimit, ["rolname": role.name], Double(role.connectionLimit))
        }
    }
}
