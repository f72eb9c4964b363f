import ConnectionPool
import Exposition
import Locking
import PoolMetrics

/// The pools from which the agent takes all its sessions, one for each target, and their metrics.
///
/// One session is kept warm for sampling. A second is opened only while the first is taken by a slow collector, and no
/// fault leads to a third.
final class TargetPools: Sendable {
    /// Under this name the pools of all targets are counted together, so that the number of series does not grow with
    /// the number of targets; what is wrong with one of them, its state tells.
    static let name = "targets"
    static let sessionsMaximum = 2

    let pools: [ConnectionPool<TargetSession>]
    private let metrics = PoolMetrics(pool: name)

    init(_ configuration: AgentConfiguration) {
        let metrics = metrics
        pools = configuration.targets.map {
            Self.makePool(for: $0, interval: $0.interval ?? configuration.interval, observer: metrics)
        }
    }

    private static func makePool(
        for target: TargetConfiguration, interval: Duration, observer: any PoolObserver
    ) -> ConnectionPool<TargetSession> {
        var configuration = PoolConfiguration(name: target.name)
        configuration.minimum = 1
        configuration.maximum = sessionsMaximum
        configuration.acquireTimeout = TargetMonitor.allowance(interval)
        // Its slot might not be had again on a full server, and a session that only samples does not grow.
        configuration.maximumLifetime = nil
        configuration.openTimeout = SessionOpener.connectTimeout * 2
        configuration.idleTimeout = .seconds(10)
        configuration.openBackoff = .seconds(1) ... .seconds(5)
        configuration.resetTimeout = TargetSession.patience + .seconds(1)
        configuration.shutdownBound = .milliseconds(500)
        let opener = SessionOpener(target: target)
        let serials = Guarded(0)
        let roster = SessionRoster()
        let open: @Sendable () async throws -> TargetSession = {
            let opened = try await opener.open()
            let serial = serials.withLock { serial in
                serial += 1
                return serial
            }
            return TargetSession(opened, serial: serial, kind: target.kind, roster: roster)
        }
        do {
            return try ConnectionPool(configuration, observer: observer, open: open)
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Adds the metrics of all pools together.
    func emit(into builder: inout SnapshotBuilder) {
        metrics.emitOwn(PoolStatistics.sum(of: pools.map(\.statistics)), into: &builder)
    }
}

extension PoolStatistics {
    /// Several pools as one.
    static func sum(of all: [PoolStatistics]) -> PoolStatistics {
        all.reduce(into: PoolStatistics()) { sum, each in
            sum.idle += each.idle
            sum.used += each.used
            sum.opening += each.opening
            sum.busy += each.busy
            sum.pending += each.pending
            sum.minimum += each.minimum
            sum.maximum += each.maximum
            sum.oldestWait = max(sum.oldestWait, each.oldestWait)
        }
    }
}
