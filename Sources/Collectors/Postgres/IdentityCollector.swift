import Exposition
import Observations

/// Version, start time and role of the server, and what our role may not see of it.
package struct IdentityCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [privilegeMissing, pgStatic, postmasterStart, isReplica]
    package static let sources: [any Source.Type] = [IdentitySource.self]

    static let privilegeMissing = FamilyDescriptor(
        "poolscope_privilege_missing", .gauge, labels: ["privilege"],
        help: "1 where Poolscope's role is not a member of this predefined role. Without pg_read_all_stats the state, "
            + "times and waits of other roles' sessions are hidden; without pg_read_all_settings some settings. "
            + "Remedy: GRANT pg_monitor TO the role.")
    static let pgStatic = FamilyDescriptor(
        "pg_static", .gauge, labels: ["short_version", "version"], help: "Version string as reported by PostgreSQL.")
    static let postmasterStart = FamilyDescriptor(
        "pg_postmaster_start_time_seconds", .gauge, unit: "seconds", help: "Time at which the postmaster started.")
    static let isReplica = FamilyDescriptor(
        "pg_replication_is_replica", .gauge, help: "1 if the server is a replica (in recovery), 0 if not.")

    private var identity: ServerIdentity?

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        identity = facts[IdentitySource.self]
    }

    package func emit(into builder: inout SnapshotBuilder) {
        guard let identity else { return }
        for privilege in IdentitySource.privileges {
            let isMissing = identity.missingPrivileges.contains(privilege)
            builder.add(Self.privilegeMissing, ["privilege": privilege], isMissing ? 1 : 0)
        }
        builder.add(Self.pgStatic, ["short_version": identity.version, "version": identity.fullVersion], 1)
        if let start = identity.startedAt { builder.add(Self.postmasterStart, .none, start.unixSeconds) }
        builder.add(Self.isReplica, .none, identity.isReplica ? 1 : 0)
    }
}
