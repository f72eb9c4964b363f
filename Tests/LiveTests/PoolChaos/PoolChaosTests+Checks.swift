import ConnectionPool
import Demo
import Exposition
import PoolMetrics
import PostgresPool
import TestSupport
import Testing

// What must hold after the chaos, and after the pool.
extension PoolChaosTests {
    /// After the chaos, with the pool still at work.
    func rest(
        _ work: ChaosWork, _ metrics: PoolMetrics, _ pool: PostgresPool, _ census: SessionCensus, _ faults: ChaosFaults
    ) async throws {
        func answer() async throws -> String? {
            try await pool.withConnection { try await $0.query("SELECT 42").text(row: 0, column: 0) }
        }
        // It may have ended by itself since the last fault; the pool tries again after a pause.
        if try await faults.revivePooler() {
            try await eventually("the pool has found its pooler again") {
                try? await answer()
            } is: {
                $0 != nil
            }
        }
        #expect(try await answer() == "42")
        try await eventually("the pool is at rest") { pool.statistics.isAtRest }

        let tally = work.tally.withLock { $0 }
        let counts = census.counts.withLock { $0 }
        report("\(tally.summary)\n\(counts)")
        #expect(tally.wrong.isEmpty, "\(tally.wrong)")
        #expect(tally.asked == tally.answered && tally.begun == tally.ended)
        #expect(tally.asked == tally.begun + tally.refused.values.reduce(0, +))
        try reconcile(tally, metrics, pool)
        try await reconcileConnections(metrics, pool)

        #expect(counts.samples > 50 && counts.most > 1)
        #expect(counts.mostOfPool <= pool.configuration.pool.maximum)
        #expect(counts.mostHeld <= pool.configuration.pool.maximum)
        #expect(counts.above * 10 <= counts.samples, "sessions that the pool has closed end soon")
        #expect(counts.mostPending <= pool.configuration.pool.waitersMaximum)
        try await compareRows(tally, faults)
        guard faults.pooler == nil else { return }
        try await eventually("the server has as many sessions as the pool") {
            (try await sessions(faults), pool.statistics)
        } is: { sessions, now in
            now.isAtRest && sessions == now.idle
        }
    }

    private func sessions(_ faults: ChaosFaults) async throws -> Int? {
        Int(try await faults.server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = '\(faults.role)'"))
    }

    /// The counters against what the tasks saw: one request more, the one after the chaos.
    private func reconcile(_ tally: ChaosTally, _ metrics: PoolMetrics, _ pool: PostgresPool) throws {
        let page = try page(metrics, pool)
        func value(_ name: String, _ labels: [String: String] = [:]) throws -> Int {
            Int(try #require(page.sum("poolscope_client_pool_\(name)", labels), "\(name)"))
        }
        #expect(try value("leases_acquired_total") == tally.begun + 1)
        #expect(try value("leases_released_total") == tally.begun + 1)
        for (code, label) in [
            (PoolError.Code.acquireTimeout, "acquire_timeout"), (.cannotConnect, "cannot_connect"),
            (.tooManyWaiters, "too_many_waiters"), (.cancelled, "cancelled"), (.shutdown, "shutdown"),
        ] {
            #expect(try value("leases_refused_total", ["code": label]) == tally.refused[code] ?? 0, "\(label)")
        }
    }

    /// Created = closed + open, at a moment at which the pool does nothing: its counters and its statistics are not read
    /// at once, and signs of life and ages go on.
    private func reconcileConnections(_ metrics: PoolMetrics, _ pool: PostgresPool) async throws {
        func counters() throws -> [Double?] {
            let page = try page(metrics, pool)
            return ["opened", "closed"].map { page.sum("poolscope_client_pool_connections_\($0)_total") }
        }
        var open = 0
        let quiet = try await eventually("a quiet moment of the pool") {
            let (before, now, after) = (try counters(), pool.statistics, try counters())
            open = now.idle
            return now.isAtRest && before == after ? after : nil
        } is: {
            $0 != nil
        }
        let opened = try #require(quiet?.first ?? nil)
        let closed = try #require(quiet?.last ?? nil)
        #expect(Int(opened) == Int(closed) + open)
    }

    /// What was said of transactions against what the server has.
    private func compareRows(_ tally: ChaosTally, _ faults: ChaosFaults) async throws {
        try await eventually("no transaction is left") {
            try await faults.server.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE usename = 'chaos' AND xact_start IS NOT NULL")
        } is: {
            $0 == "0"
        }
        let output = try await faults.server.execute("SELECT id FROM chaos")
        let rows = Set(output.split(separator: "\n").compactMap { Int($0) })
        #expect(tally.committed.subtracting(rows).isEmpty, "lost, though said to be committed")
        #expect(tally.rolledBack.intersection(rows).isEmpty, "there, though said to be rolled back")
        #expect(rows.subtracting(tally.committed).isSubset(of: tally.unknown))
        #expect(tally.committed.count > 20)
    }

    /// After `drain`: nothing is left, here and on the server.
    func end(_ metrics: PoolMetrics, _ pool: PostgresPool, port: UInt16, _ faults: ChaosFaults) async throws {
        #expect(pool.statistics.isAtRest && pool.statistics.idle == 0)
        let page = try page(metrics, pool)
        #expect(
            page.sum("poolscope_client_pool_connections_opened_total")
                == page.sum("poolscope_client_pool_connections_closed_total"))
        try await eventually("no connection is left in our process") {
            SessionCensus.localPorts(connectedTo: port).isEmpty
        }
        if let pooler = faults.pooler {
            try await eventually("no client is left in the pooler") {
                try await pooler.console("SHOW CLIENTS").filter { $0["user"] == "chaos" }.isEmpty
            }
        } else {
            try await eventually("no session is left on the server") { try await sessions(faults) == 0 }
        }
    }

    private func page(_ metrics: PoolMetrics, _ pool: PostgresPool) throws -> MetricsText {
        try MetricsText(
            parsing: String(decoding: TextEncoder.encode(metrics.snapshot(pool.statistics)), as: UTF8.self))
    }
}

extension PoolStatistics {
    /// Nobody has or wants a connection, and none is being opened, tested or closed.
    fileprivate var isAtRest: Bool { used + busy + opening + pending == 0 }
}
