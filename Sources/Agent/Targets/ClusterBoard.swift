import Locking
import Observations

/// Where the poolers of a cluster say which client holds which backend, for the servers of the same cluster.
final class ClusterBoard: Sendable {
    /// The facts that checks need.
    let advice = AdviceBoard()

    /// Seconds after which what a pooler said is no longer true.
    static let validity = 10.0

    private struct Entry {
        let time: Double
        let links: [PoolerLink]
    }

    // Guards the latest entry by cluster and target.
    private let entries = Guarded<[String: [String: Entry]]>([:])

    /// Says what the pooler `target` of a cluster sees; nil when it cannot be read.
    /// - Parameter time: the agent's wall clock.
    func publish(_ links: PoolerLinks?, cluster: String, target: String, at time: Double) {
        let entry = links.map { Entry(time: time, links: $0.all) }
        entries.withLock { $0[cluster, default: [:]][target] = entry }
    }

    /// What the poolers of a cluster have said lately.
    func links(cluster: String, at time: Double) -> PoolerLinks {
        let valid = entries.withLock { entries in
            // In one order, so that a replay gives what the live run gave.
            entries[cluster]?.sorted { $0.key < $1.key }.map(\.value).filter { time - $0.time <= Self.validity } ?? []
        }
        return PoolerLinks(valid.flatMap(\.links))
    }
}
