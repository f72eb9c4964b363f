import Advisor
import Agent
import Demo
import Foundation

/// Throughput by pool size, measured by pgbench through PgBouncer, beside the size that `poolscope size` says.
///
/// The knee is the smallest pool within 5 % of the best throughput. PostgreSQL, PgBouncer and pgbench share this
/// machine, so they compete for its cores, and the knee is blurred: on a machine of its own the server has it later.
struct SizeSweepBenchmark {
    /// What a client of pgbench does.
    enum Workload: String, CaseIterable {
        /// A read by key that the cache answers: the server is at work all the time.
        case read
        /// pgbench's own transaction of five statements, which writes.
        case write
        /// A transaction in which the client thinks: it holds a connection, and the server does nothing.
        case chatty

        var script: String {
            let key = "\\set aid random(1, 100000)\n"
            let read = "SELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
            return switch self {
            case .read: key + read
            case .write: ""
            case .chatty: key + "BEGIN;\n\(read)\\sleep 3 ms\n\(read)\\sleep 3 ms\n\(read)END;\n"
            }
        }
    }

    struct Options {
        var sizes: [Int]
        var seconds: Int
        var rounds: Int
        var clients: Int
        var cores: Int
        /// Of the watch by which `size` measures.
        var watch: Int
    }

    /// A throughput of at least this share of the best one counts as the best.
    private static let kneeShare = 0.95

    let options: Options

    func run(_ workloads: [Workload]) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-sweep")
        do {
            for workload in workloads { try await measure(workload, in: directory) }
            await directory.remove()
        } catch {
            await directory.remove()
            throw error
        }
    }

    private func measure(_ workload: Workload, in directory: PrivateDirectory) async throws {
        let total = options.sizes.reduce(0, +)
        let server = try await PrivatePostgres.start(
            in: directory, name: "postgres-\(workload)",
            settings: [
                "max_connections": "\(total * 2 + 30)", "shared_buffers": "128MB", "max_wal_size": "2GB",
                "autovacuum": "off",
            ])
        _ = try await tool("pgbench", ["-i", "-q", "-s", "5", server.dsn()])
        let script = try directory.write(workload.script, to: "\(workload).sql")
        let load = workload == .write ? ["-b", "tpcb-like"] : ["-f", script]
        var poolers: [Int: PrivatePgBouncer] = [:]
        for size in options.sizes { poolers[size] = try await pooler(of: size, workload, server, in: directory) }

        var results: [Int: [Double]] = [:]
        for round in 0..<options.rounds {
            // Up and down in turns: what the machine does meanwhile is not always on the same sizes.
            for size in round.isMultiple(of: 2) ? options.sizes : options.sizes.reversed() {
                guard let pooler = poolers[size] else { continue }
                results[size, default: []].append(
                    try await throughput(load, through: pooler, clients: options.clients, rate: nil))
            }
        }
        let sweep = Sweep(medians: results.mapValues(Self.median))
        sweep.tell(workload, kneeShare: Self.kneeShare)
        guard let widest = options.sizes.last.flatMap({ poolers[$0] }) else { return }
        let report = try await size(load, rate: sweep.best * 0.6, through: widest, server)
        sweep.compare(report, kneeShare: Self.kneeShare)
        try await verify(report, load, rate: sweep.best * 0.6, workload, server, in: directory)
        for pooler in poolers.values { try await pooler.stop() }
        try await server.stop()
    }

    private func pooler(
        of size: Int, _ workload: Workload, _ server: PrivatePostgres, in directory: PrivateDirectory,
        name: String = "sweep"
    ) async throws -> PrivatePgBouncer {
        try await PrivatePgBouncer.start(
            in: directory, name: "\(name)-\(workload)-\(size)",
            databases: ["postgres": "host=127.0.0.1 port=\(server.port)"],
            settings: ["default_pool_size": "\(size)", "max_client_conn": "1000"], users: ["postgres": ""])
    }

    /// Transactions per second; with a rate, those that pgbench starts at random moments (Poisson).
    private func throughput(
        _ load: [String], through pooler: PrivatePgBouncer, clients: Int, rate: Double?, seconds: Int? = nil
    ) async throws -> Double {
        let seconds = seconds ?? options.seconds
        let pace = rate.map { ["-R", String(format: "%.2f", $0)] } ?? []
        let text = try await tool(
            "pgbench",
            ["-n", "-c", "\(clients)", "-j", "2", "-T", "\(seconds)"] + pace + load
                + [pooler.dsn(database: "postgres")], timeout: .seconds(seconds + 60))
        guard let match = text.firstMatch(of: #/tps = ([0-9.]+)/#), let value = Double(match.1) else {
            throw PrivateServerError("pgbench did not say its tps: \(text)")
        }
        return value
    }

    /// What `poolscope size` says at three fifths of the best throughput, with room in the pool.
    private func size(
        _ load: [String], rate: Double, through pooler: PrivatePgBouncer, _ server: PrivatePostgres
    ) async throws -> SizeReport {
        let configuration = try CommandLineTargets.configuration(
            postgres: [server.dsn()], pgbouncer: [pooler.dsn()], dataSource: .none, listen: [], interval: nil)
        let targets = try SizeTargets(in: configuration, named: [])
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await throughput(
                    load, through: pooler, clients: options.clients, rate: rate, seconds: options.watch + 4)
            }
            try await Task.sleep(for: .seconds(2))
            let outcome = try await LoadWatch(targets, window: .seconds(options.watch), database: nil).run()
            try await group.waitForAll()
            return try Sizing.report(
                SizeRequest(formula: SizingFormula(cores: options.cores)), measurement: outcome.measurement,
                slots: outcome.slots)
        }
    }

    /// Whether the same load passes through a pool of the size that the load needs, and how long it waits there.
    private func verify(
        _ report: SizeReport, _ load: [String], rate: Double, _ workload: Workload, _ server: PrivatePostgres,
        in directory: PrivateDirectory
    ) async throws {
        guard let needed = report.pools.first?.needed, let time = report.measurement?.serviceTime else { return }
        let pooler = try await pooler(of: needed.connections, workload, server, in: directory, name: "verify")
        let tps = try await throughput(
            load, through: pooler, clients: options.clients, rate: rate, seconds: options.watch)
        let totals = try await pooler.console("SHOW STATS_TOTALS").filter { $0["database"] == "postgres" }
        func sum(_ column: String) -> Double { totals.reduce(0) { $0 + (Double($1[column] ?? "") ?? 0) } }
        let wait = sum("wait_time") / max(1, sum("xact_count")) / 1e6
        print(
            """
            Through a pool of \(needed.connections), the same load: \(Self.number(tps)) of \(Self.number(rate)) \
            transactions/s, mean wait \(Self.number(wait * 1e3)) ms; the model says \
            \(Self.number(needed.meanWait(serviceTime: time) * 1e3)) ms.

            """)
        try await pooler.stop()
    }

    private func tool(_ name: String, _ arguments: [String], timeout: Duration = .seconds(120)) async throws -> String {
        let outcome = try await Tool.run(name, arguments, timeout: timeout)
        guard outcome.status == 0 else { throw PrivateServerError("\(name) failed: \(outcome.error.suffix(400))") }
        return outcome.output
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    fileprivate static func number(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : "%.3g", value)
    }
}

/// Median throughput by pool size.
private struct Sweep {
    let medians: [Int: Double]

    var best: Double { medians.values.max() ?? 0 }

    func knee(_ share: Double) -> Int { medians.filter { $0.value >= share * best }.keys.min() ?? 0 }

    func tell(_ workload: SizeSweepBenchmark.Workload, kneeShare: Double) {
        print("### \(workload.rawValue)\n\n| pool size | transactions/s | of the best |\n|---|---|---|")
        for (size, tps) in medians.sorted(by: { $0.key < $1.key }) {
            let mark = size == knee(kneeShare) ? " ← knee" : ""
            print("| \(size)\(mark) | \(SizeSweepBenchmark.number(tps)) | \(percent(tps / best)) |")
        }
        print("")
    }

    func compare(_ report: SizeReport, kneeShare: Double) {
        let load = report.measurement
        let ceiling = report.ceiling ?? 0
        print(
            """
            Knee: \(knee(kneeShare)). The formula: \(report.request.formula?.connections ?? 0); connections are at work \
            for \(percent(load?.workingShare ?? 1)) of the time they are held, so the server can use \(ceiling). \
            Throughput there: \(percent(throughput(at: ceiling) / best)) of the best.
            At 60 % of the best throughput: \(SizeSweepBenchmark.number(load?.load ?? 0)) in use, \
            \(report.pools.first?.needed?.connections ?? 0) needed, \(report.connections) recommended \
            (confidence \(report.confidence.level.rawValue)).
            """)
    }

    /// That of the largest measured size up to this one.
    private func throughput(at size: Int) -> Double {
        medians.filter { $0.key <= size }.max { $0.key < $1.key }?.value ?? 0
    }

    private func percent(_ share: Double) -> String { String(format: "%.0f %%", share * 100) }
}
