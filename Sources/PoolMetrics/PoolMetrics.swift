public import ConnectionPool
public import Exposition
import Locking
import PoolVocabulary

/// The metrics of one pool: hears of all that happens in it, and makes metric families of that.
///
/// Give it to the pool as its observer, and ask it with the pool's `statistics` whenever a page is made. Its series are
/// about 150, whatever happens in the pool.
public final class PoolMetrics: PoolObserver {
    private let labels: Labels
    private let sharedLabels: Labels
    /// Guards the tally: one short critical section for each event.
    private let tally = Guarded(PoolTally())

    /// - Parameters:
    ///   - name: The pool's, unique in the process: the label `db_client_connection_pool_name`, and `target` in the
    ///     families that all kinds of pools share.
    ///   - database: What its connections lead to: the label of the shared families.
    ///   - user: As whom they are opened: the label of the shared families.
    public init(pool name: String, database: String = "", user: String = "") {
        labels = [ClientPoolFamilies.poolName: name]
        sharedLabels = PoolFamilies.labels(pooler: "libpq", database: database, user: user).adding("target", name)
    }

    public func opened(after duration: Duration) { tally.withLock { $0.open(after: duration) } }
    public func openFailed(_ error: any Error, after duration: Duration) { tally.withLock { $0.failToOpen() } }
    public func closed(_ reason: CloseReason) { tally.withLock { $0.close(reason) } }
    public func acquired(after duration: Duration) { tally.withLock { $0.acquire(after: duration) } }
    public func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        tally.withLock { $0.refuse(code, after: duration) }
    }
    public func released(after duration: Duration) { tally.withLock { $0.release(after: duration) } }
    public func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) { tally.withLock { $0.leak() } }
    public func keptAlive(_ succeeded: Bool) { tally.withLock { $0.keepAlive(succeeded) } }

    /// Observes how full the pool is, for `poolscope_pool_saturation_sampled_ratio`.
    ///
    /// Call it at regular intervals, once a second for instance, and not when a page is made: what the histogram says must
    /// not depend on who reads it. Without a call the family is not there.
    public func sample(_ statistics: PoolStatistics) {
        guard let saturation = statistics.saturation else { return }
        tally.withLock { $0.sample(saturation: saturation) }
    }

    /// The pool's families, for a page of their own.
    public func snapshot(_ statistics: PoolStatistics) -> Snapshot {
        var builder = SnapshotBuilder()
        emit(statistics, into: &builder)
        return builder.build()
    }

    /// Adds the pool's families to a page that has others too: those of a second pool, or a service's own.
    public func emit(_ statistics: PoolStatistics, into builder: inout SnapshotBuilder) {
        emitOwn(statistics, into: &builder)
        emitShared(statistics, tally.withLock { $0.detached }, into: &builder)
    }

    /// Without the families that all kinds of pools share, and which alerts look at.
    package func emitOwn(_ statistics: PoolStatistics, into builder: inout SnapshotBuilder) {
        emitConnections(statistics, into: &builder)
        emitEvents(tally.withLock { $0.detached }, into: &builder)
    }
}

extension PoolMetrics {
    /// Every family that it may emit.
    package static let families = ClientPoolFamilies.own + ClientPoolFamilies.shared

    private func emitConnections(_ statistics: PoolStatistics, into builder: inout SnapshotBuilder) {
        builder.add(ClientPoolFamilies.count, labels.adding("state", "idle"), Double(statistics.idle))
        builder.add(ClientPoolFamilies.count, labels.adding("state", "used"), Double(statistics.used))
        builder.add(ClientPoolFamilies.idleMaximum, labels, Double(statistics.maximum))
        builder.add(ClientPoolFamilies.idleMinimum, labels, Double(statistics.minimum))
        builder.add(ClientPoolFamilies.maximum, labels, Double(statistics.maximum))
        builder.add(ClientPoolFamilies.pending, labels, Double(statistics.pending))
    }

    private func emitEvents(_ tally: PoolTally, into builder: inout SnapshotBuilder) {
        builder.add(ClientPoolFamilies.timeouts, labels, Double(tally.refused[.acquireTimeout] ?? 0))
        builder.add(ClientPoolFamilies.createTime, labels, tally.createTimes)
        builder.add(ClientPoolFamilies.waitTime, labels, tally.waitTimes)
        builder.add(ClientPoolFamilies.useTime, labels, tally.useTimes)
        builder.add(ClientPoolFamilies.acquired, labels, Double(tally.acquired))
        builder.add(ClientPoolFamilies.released, labels, Double(tally.released))
        builder.add(ClientPoolFamilies.leaked, labels, Double(tally.leaked))
        builder.add(ClientPoolFamilies.opened, labels, Double(tally.opened))
        builder.add(ClientPoolFamilies.openFailures, labels, Double(tally.openFailures))
        builder.add(ClientPoolFamilies.keepAlives, labels.adding("outcome", "ok"), Double(tally.keptAlive))
        builder.add(ClientPoolFamilies.keepAlives, labels.adding("outcome", "error"), Double(tally.keepAliveFailures))
        for (code, times) in tally.refused {
            builder.add(ClientPoolFamilies.refused, labels.adding("code", code.label), Double(times))
        }
        for (reason, times) in tally.closed {
            builder.add(ClientPoolFamilies.closed, labels.adding("reason", reason.rawValue), Double(times))
        }
    }

    private func emitShared(_ statistics: PoolStatistics, _ tally: PoolTally, into builder: inout SnapshotBuilder) {
        builder.add(PoolFamilies.size, sharedLabels, Double(statistics.maximum))
        let states = [
            ("busy", statistics.notFree), ("idle", statistics.idle), ("opening", statistics.opening),
        ]
        for (state, count) in states {
            builder.add(PoolFamilies.connections, sharedLabels.adding("state", state), Double(count))
        }
        builder.add(PoolFamilies.waitingClients, sharedLabels, Double(statistics.pending))
        builder.add(PoolFamilies.oldestWait, sharedLabels, statistics.oldestWait.inSeconds)
        if let saturation = statistics.saturation { builder.add(PoolFamilies.saturation, sharedLabels, saturation) }
        if tally.saturations.count > 0 {
            builder.add(PoolFamilies.saturationSampled, sharedLabels, tally.saturations)
        }
        builder.add(PoolFamilies.wait, sharedLabels, tally.waitTimes.coarsened(to: PoolFamilies.wait.buckets))
        builder.add(PoolFamilies.waitsAbandoned, sharedLabels, Double(tally.abandoned))
    }
}
