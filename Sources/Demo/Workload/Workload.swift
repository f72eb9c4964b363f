import Locking
import Postgres

/// The demo's clients: a few that are always there, and those of the current season.
///
/// About fifty short statements a second, a few per cent of one core with the servers' part.
struct Workload: Sendable {
    /// Where its clients connect to.
    struct Targets: Sendable {
        /// The shop through PgBouncer, for pages and orders.
        let web: ConnectionString
        /// The shop through PgBouncer, for background work.
        let jobs: ConnectionString
        /// The shop without PgBouncer between.
        let direct: ConnectionString
    }

    /// How many server connections PgBouncer has for each user.
    static let poolSize = 5

    /// So many that the oldest of them waits about ten seconds for one of five connections held for four.
    private static let rushingClients = 16

    let targets: Targets
    let schedule: Schedule
    let start: ContinuousClock.Instant
    let counts = Guarded(WorkloadCounts())

    /// Works until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<3 {
                let catalogue = client(targets.web, "catalogue")
                group.addTask { await catalogue.run(pausing: 60...200, Chores.browse) }
            }
            for _ in 0..<2 {
                let checkout = client(targets.web, "checkout")
                group.addTask { await checkout.run(pausing: 100...400, Chores.order) }
            }
            let worker = client(targets.jobs, "worker")
            group.addTask { await worker.run(pausing: 500...1_000, Chores.ship) }
            while !Task.isCancelled {
                let entry = schedule.entry(at: .now - start)
                await runClients(of: entry)
            }
            group.cancelAll()
        }
    }

    /// The season's own clients, until it ends.
    private func runClients(of entry: Schedule.Entry) async {
        let end = entry.remaining.map { ContinuousClock.now + $0 }
        await withDiscardingTaskGroup { group in
            switch entry.season {
            case .normal: break
            case .slow: addSlowClients(to: &group, until: end)
            case .exhausted: addRushingClients(to: &group)
            case .idleInTransaction: addForgetfulClient(to: &group)
            }
            // A season for ever is a long sleep: the task's cancellation ends it.
            try? await Task.sleep(for: entry.remaining ?? .seconds(1_000_000))
            group.cancelAll()
        }
    }

    private func addSlowClients(to group: inout DiscardingTaskGroup, until end: ContinuousClock.Instant?) {
        for (target, application) in [(targets.jobs, "worker"), (targets.jobs, "worker"), (targets.web, "catalogue")] {
            let client = client(target, application)
            group.addTask {
                await client.run(pausing: 300...1_500) { session throws(PostgresError) in
                    // None outlives the season, so that the next one starts with a calm server.
                    let left = end.map { ($0 - .now) / .seconds(1) } ?? .infinity
                    guard left > 2 else { return }
                    try await Chores.report(session, seconds: .random(in: 2...min(7, left)))
                }
            }
        }
    }

    private func addRushingClients(to group: inout DiscardingTaskGroup) {
        for _ in 0..<Self.rushingClients {
            let client = client(targets.web, "checkout")
            group.addTask { await client.run(pausing: 50...250, Chores.orderWithSlowPayment) }
        }
    }

    private func addForgetfulClient(to group: inout DiscardingTaskGroup) {
        let client = client(targets.direct, "report-builder")
        group.addTask {
            await client.run(pausing: 0...0) { session throws(PostgresError) in
                try await Chores.beginAndForget(session)
                try? await Task.sleep(for: .seconds(1_000_000))
            }
        }
    }

    private func client(_ target: ConnectionString, _ application: String) -> ShopClient {
        ShopClient(target: target.setting("application_name", application), counts: counts)
    }
}
