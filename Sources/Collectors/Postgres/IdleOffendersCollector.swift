import Exposition
import Observations

/// Who leaves transactions open and does nothing: the sessions that have been idle in a transaction for longest.
package struct IdleOffendersCollector: Collector {
    package static let kind = TargetKind.postgres
    package static let families = [offenders]
    package static let sources: [any Source.Type] = [ActivitySource.self]

    static let limit = 5
    /// Seconds from which on being idle in a transaction is an offence.
    static let threshold = 1.0

    static let offenders = FamilyDescriptor(
        "poolscope_idle_in_transaction_offender_seconds", .gauge, unit: "seconds", labels: SessionLabels.names,
        help:
            "How long sessions have been idle in a transaction: the \(limit) longest over 1 s. client_application and "
            + "client_address are those of the client behind a PgBouncer that is watched in the same cluster, else the "
            + "session's own. Of sessions with the same labels the longest counts; sessions whose state privileges "
            + "hide are missing.")

    private var longest: [(labels: Labels, seconds: Double)] = []

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        longest = []
        guard let sample = facts[ActivitySource.self],
            sample.groups.contains(where: { $0.traits.state?.isIdleInTransaction == true })
        else { return }
        var seconds: [Labels: Double] = [:]
        for row in sample.rows where row.isClientBackend && !row.isSelf && row.state?.isIdleInTransaction == true {
            guard let since = row.stateChange else { continue }
            let idle = sample.sampledAt.seconds(since: since)
            guard idle > Self.threshold else { continue }
            let labels = SessionLabels.labels(of: row, behind: facts.poolerLinks[row])
            seconds[labels] = max(seconds[labels] ?? 0, idle)
        }
        longest = seconds.map { (labels: $0.key, seconds: $0.value) }
            .sorted { ($1.seconds, $0.labels) < ($0.seconds, $1.labels) }
            .prefix(Self.limit).map { $0 }
    }

    package func emit(into builder: inout SnapshotBuilder) {
        for (labels, seconds) in longest { builder.add(Self.offenders, labels, seconds) }
    }
}
