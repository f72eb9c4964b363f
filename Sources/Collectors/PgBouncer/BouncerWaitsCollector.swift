import Exposition
import Observations
import PoolVocabulary

/// How long clients of PgBouncer waited for a server connection, and who gave up.
package struct BouncerWaitsCollector: Collector {
    package static let kind = TargetKind.pgbouncer
    package static let families = [PoolFamilies.wait, PoolFamilies.waitsAbandoned, FoldedSeries.descriptor]
    // The counters are read before the clients in a tick: who is seen served has been counted, but for a moment.
    package static let sources: [any Source.Type] = [
        BouncerTotalsSource.self, BouncerClientsSource.self, BouncerPoolsSource.self, BouncerDatabasesSource.self,
        BouncerConfigSource.self,
    ]

    private static let pooler = "pgbouncer"

    private var totals = MonotonicTotals()
    private var tracker = WaitTracker()
    private var ledgers: [String: WaitLedger] = [:]
    private var wasRestarted = false
    private var waits = HistogramVector(PoolFamilies.wait, limit: 200)
    private var abandoned = CounterVector(PoolFamilies.waitsAbandoned, limit: 500)

    package init(target: TargetProfile) {}

    package mutating func observe(_ facts: Facts) {
        defer {
            waits.endTick(at: facts.tickBeganAt)
            abandoned.endTick(at: facts.tickBeganAt)
        }
        let pools = (facts[BouncerPoolsSource.self] ?? []).filter { $0.database != Self.pooler }
        for pool in pools {
            waits.touch(PoolFamilies.labels(pooler: Self.pooler, database: pool.database))
            abandoned.touch(PoolFamilies.labels(pooler: Self.pooler, database: pool.database, user: pool.user))
        }
        if let rows = facts.fresh(BouncerTotalsSource.self) { takeIn(rows, pools) }
        guard let clients = facts.fresh(BouncerClientsSource.self) else { return }
        let reading = tracker.observe(clients, isRestart: wasRestarted)
        wasRestarted = false
        guard !reading.isFirst else {
            // There is nothing to settle with, nor after a gap.
            ledgers = [:]
            return
        }
        settle(reading, facts)
    }

    private mutating func takeIn(_ rows: [PgBouncerTotals], _ pools: [PgBouncerPool]) {
        let change = totals.observe(rows)
        if change.isRestart { (ledgers, wasRestarted) = ([:], true) }
        let inSessions = Set(pools.lazy.filter { $0.poolMode == "session" }.map(\.database))
        for (database, growth) in change.growth where database != Self.pooler {
            let isSessionMode = inSessions.contains(database)
            ledgers[database, default: WaitLedger()].grow(WaitGrowth(growth, isSessionMode: isSessionMode))
        }
    }

    private mutating func settle(_ reading: WaitTracker.Reading, _ facts: Facts) {
        let timeout = facts[BouncerConfigSource.self]?.number("query_wait_timeout")
        let forced = Dictionary(
            (facts[BouncerDatabasesSource.self] ?? []).lazy.filter { !$0.forceUser.isEmpty }
                .map { ($0.name, $0.forceUser) }, uniquingKeysWith: { first, _ in first })
        let ended = Dictionary(grouping: reading.ended, by: \.database)
        for database in Set(ledgers.keys).union(ended.keys).union(reading.begun.keys) {
            guard ledgers[database] != nil || ledgers.count < MonotonicTotals.databaseLimit else { continue }
            let settlement = ledgers[database, default: WaitLedger()].settle(
                ended[database] ?? [], begun: reading.begun[database] ?? 0, elapsed: reading.elapsed,
                timeout: timeout)
            for wait in settlement.waits {
                waits.observe(
                    wait.seconds, PoolFamilies.labels(pooler: Self.pooler, database: database), times: wait.times)
            }
            for (user, count) in settlement.abandoned {
                let labels = PoolFamilies.labels(
                    pooler: Self.pooler, database: database, user: forced[database] ?? user)
                abandoned.add(Double(count), labels)
            }
        }
    }

    package mutating func miss(_ state: TargetState) {
        totals.interrupt()
    }

    package func emit(into builder: inout SnapshotBuilder) {
        waits.emit(into: &builder)
        abandoned.emit(into: &builder)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.wait.name], waits.folded)
        builder.add(FoldedSeries.descriptor, ["family": PoolFamilies.waitsAbandoned.name], abandoned.folded)
    }
}
