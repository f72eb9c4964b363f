import Observations

/// All that is known of one target when its checks are evaluated: plain values, gathered by others.
package struct CheckFacts: Sendable {
    package var target: CheckedTarget
    /// What a server says of itself; unknown for a pooler, and for a server that cannot be read.
    package var server: Known<ServerFacts>
    /// What a PgBouncer says of itself; unknown for a server, and for a pooler that cannot be read.
    package var bouncer: Known<BouncerFacts>
    /// The other targets of the cluster that could be read, by name: for a server its poolers, for a pooler its servers.
    package var poolers: [String: BouncerFacts] = [:]
    package var servers: [String: ServerFacts] = [:]
    /// Who scrapes us, and which alerts are loaded.
    package var monitoring: Known<MonitoringFacts>
    /// For how long the target was watched, in seconds: 0 after a single look, without which nothing is known of rates.
    package var watchedSeconds: Double

    package init(target: CheckedTarget, watchedSeconds: Double = 0) {
        self.target = target
        self.watchedSeconds = watchedSeconds
        server = .unknown(why: "the target could not be read")
        bouncer = .unknown(why: "the target could not be read")
        monitoring = .unknown(why: "no Prometheus was asked; name one with --prometheus")
    }

    /// - Throws: `MissingFact` when there is no pooler of the same cluster that could be read.
    package func anyPoolers() throws(MissingFact) -> [String: BouncerFacts] {
        guard !poolers.isEmpty else {
            throw MissingFact("no PgBouncer of the same cluster is among the targets, or none could be read")
        }
        return poolers
    }

    /// - Throws: `MissingFact` when there is no server of the same cluster that could be read.
    package func anyServers() throws(MissingFact) -> [String: ServerFacts] {
        guard !servers.isEmpty else {
            throw MissingFact("no PostgreSQL server of the same cluster is among the targets, or none could be read")
        }
        return servers
    }
}

/// A target as checks see it: its name, its state, and what the configuration says of its host.
package struct CheckedTarget: Sendable, Equatable {
    package var name: String
    package var kind: TargetKind
    package var cluster: String?
    package var state: TargetState
    /// Why it is not up, in a sentence without secrets; nil when it is.
    package var problem: String?
    /// Which limit was full when it had no connection for us.
    package var refusal: Refusal?
    /// Of the host, as configured; nil where the configuration does not say.
    package var cores: Int?
    package var spindles: Int?
    package var memoryBytes: Double?
    /// How many files the target's process may have open; nil unless it runs on this host and the system says so.
    package var fileLimit: Double?

    package init(name: String, kind: TargetKind, cluster: String? = nil, state: TargetState = .up) {
        self.name = name
        self.kind = kind
        self.cluster = cluster
        self.state = state
    }
}
