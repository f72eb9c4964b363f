import Observations

/// How many connection slots of a server are taken: as the last sample says, carried on by the counts between samples.
///
/// A count has what a sample tells apart: workers and logical replication are in it, clients without a database are not.
/// How many those are is taken from the last sample, and the difference is kept until the next. So a count is off by
/// the workers that came or went since then.
struct SlotUse {
    /// Nil while the target is away.
    private(set) var busy: Int?
    /// When that was, by the server's clock; nil unless this tick has read it.
    private(set) var countedAt: ServerTime?
    /// Backends with a database, less the clients.
    private var others = 0

    mutating func observe(_ facts: Facts) {
        countedAt = nil
        guard let sample = facts[ActivitySource.self] else { return busy = nil }
        if let fresh = facts.fresh(ActivitySource.self) {
            takeIn(fresh)
            countedAt = fresh.sampledAt
        } else if let count = facts.fresh(BackendCountSource.self) {
            if busy == nil { takeIn(sample) }
            busy = max(0, count.inDatabases - others)
            countedAt = count.sampledAt
        } else if busy == nil {
            takeIn(sample)
        }
    }

    private mutating func takeIn(_ sample: ActivitySample) {
        let clients = sample.clientBackends
        busy = clients
        others = sample.rows.count { $0.serverDatabase != nil } - clients
    }

    /// Takes in that the target could not be read.
    mutating func miss() {
        (busy, countedAt) = (nil, nil)
    }
}
