import ConnectionPool
import Locking

/// What lending costs: lease and return of one connection that does nothing, against the floor, which is an array
/// behind the same lock. Rounds of all subjects alternate, so that a busy machine disturbs them alike.
enum PoolBenchmark {
    private static let connections = 10
    private static let tasks = 100

    /// A connection that costs nothing.
    private struct Connection: PooledConnection, ~Copyable {
        var condition: ConnectionCondition { .usable }
        var canceller: @Sendable () async -> Void { {} }
        mutating func reset() async throws {}
        mutating func keepAlive() async throws {}
        mutating func close() {}
    }

    static func run(rounds: Int, leases: Int) async throws {
        var configuration = PoolConfiguration(name: "benchmark")
        configuration.maximum = connections
        configuration.minimum = connections
        configuration.acquireTimeout = .seconds(60)
        let pool = try ConnectionPool(configuration) { Connection() }
        try await withThrowingTaskGroup { group in
            group.addTask { await pool.run() }
            while pool.statistics.idle < connections { try await Task.sleep(for: .milliseconds(1)) }
            try await measure(pool, rounds: rounds, leases: leases)
            group.cancelAll()
        }
    }

    private static func measure(_ pool: ConnectionPool<Connection>, rounds: Int, leases: Int) async throws {
        let array = Guarded(Array(0..<connections))
        var (floor, lent, contendedFloor, contended) = (Figures(), Figures(), Figures(), Figures())
        for round in 0..<rounds + 1 {
            let figures = (
                seconds { for _ in 0..<leases { giveBack(take(array), array) } } / Double(leases),
                try await seconds { for _ in 0..<leases { try await pool.withConnection { _ in } } } / Double(leases),
                try await crowd(leases) {
                    while true {
                        if let index = take(array) {
                            await Task.yield()
                            return giveBack(index, array)
                        }
                        await Task.yield()
                    }
                },
                try await crowd(leases) { try await pool.withConnection { _ in await Task.yield() } }
            )
            // The first round warms caches.
            guard round > 0 else { continue }
            floor.add(figures.0)
            lent.add(figures.1)
            contendedFloor.add(figures.2)
            contended.add(figures.3)
        }
        print("| per lease and return (median of \(rounds) rounds) | locked array | pool | ratio |")
        print("|---|---|---|---|")
        report("uncontended, one task", floor, lent)
        report("\(tasks) tasks over \(connections) connections, one yield a lease", contendedFloor, contended)
    }

    @inline(never)
    private static func take(_ array: Guarded<[Int]>) -> Int? { array.withLock { $0.popLast() } }

    @inline(never)
    private static func giveBack(_ index: Int?, _ array: Guarded<[Int]>) {
        guard let index else { return }
        array.withLock { $0.append(index) }
    }

    /// Seconds for each of about so many leases, by many tasks.
    private static func crowd(_ leases: Int, _ lease: @escaping @Sendable () async throws -> Void) async throws
        -> Double
    {
        let each = max(1, leases / 10 / tasks)
        let time = try await seconds {
            try await withThrowingTaskGroup { group in
                for _ in 0..<tasks { group.addTask { for _ in 0..<each { try await lease() } } }
                try await group.waitForAll()
            }
        }
        return time / Double(each * tasks)
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private static func report(_ what: String, _ floor: Figures, _ pool: Figures) {
        let ratio = pool.median / floor.median
        print(
            "| \(what) | \(Text.number(floor.median * 1e9)) ns | \(Text.number(pool.median * 1e9)) ns "
                + "| \(Text.number(ratio)) |")
    }
}
