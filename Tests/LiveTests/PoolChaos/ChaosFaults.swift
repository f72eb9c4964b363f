import Demo
import Postgres
import TestSupport

/// The faults of a chaos test: a deck of them, shuffled by a seed, dealt one after the other.
struct ChaosFaults: Sendable {
    enum Fault: Hashable, Sendable, CaseIterable {
        /// A few of the pool's backends are terminated.
        case terminateSome
        case terminateAll
        /// One backend stands still for a while, and is then terminated or goes on.
        case suspendBackend
        /// Postmaster and backends stand still, for less than a statement's deadline.
        case suspendServer
        /// Longer than every deadline, that of a request to cancel too.
        case suspendServerForLong
        /// The server refuses new connections of the pool's role (53300).
        case fullRole
        case restart
        /// Sessions are cut off; the server recovers.
        case restartAtOnce
        /// SIGKILL to the postmaster and all backends.
        case crash
        case restartPooler
        /// Not dealt: PgBouncer ended by itself. 1.18 to 1.20 do, when requests to cancel meet busy servers ("server in
        /// bad state: 11", its issue 822). It is started again, as a service manager does.
        case poolerEnded
    }

    let server: PrivatePostgres
    var pooler: PrivatePgBouncer?
    let superuser: ConnectionString
    /// Its sessions are the victims.
    let role: String
    let deck: [Fault]

    /// Deals the whole deck, and on until the time is over. Afterwards the server is as it was.
    ///
    /// - Returns: How many of each were dealt.
    func run(seed: UInt64, for time: Duration) async throws -> [Fault: Int] {
        var random = SeededRandom(seed: seed)
        var session = Superuser(superuser)
        var dealt: [Fault: Int] = [:]
        let end = ContinuousClock.now + time
        var isFirst = true
        while isFirst || ContinuousClock.now < end {
            for fault in deck.shuffled(using: &random) {
                guard isFirst || ContinuousClock.now < end else { break }
                try await Task.sleep(for: .milliseconds(Int.random(in: 50...400, using: &random)))
                if try await revivePooler() { dealt[.poolerEnded, default: 0] += 1 }
                try await deal(fault, &random, &session)
                dealt[fault, default: 0] += 1
            }
            isFirst = false
        }
        return dealt
    }

    /// Whether it had ended and was started again.
    func revivePooler() async throws -> Bool {
        guard let pooler, await pooler.processID() == nil else { return false }
        try await pooler.start()
        return true
    }

    private func deal(_ fault: Fault, _ random: inout SeededRandom, _ session: inout Superuser) async throws {
        switch fault {
        case .terminateSome:
            await terminate(Int.random(in: 1...4, using: &random), &session)
        case .terminateAll:
            await terminate(1_000, &session)
        case .suspendBackend:
            try await suspendBackend(&random, &session)
        case .suspendServer:
            try await suspendServer(for: .milliseconds(Int.random(in: 100...600, using: &random)))
        case .suspendServerForLong:
            try await suspendServer(for: .milliseconds(Int.random(in: 3_000...3_500, using: &random)))
        case .fullRole:
            _ = await session.rows("ALTER ROLE \(role) CONNECTION LIMIT 2")
            await terminate(1_000, &session)
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...400, using: &random)))
            while await session.rows("ALTER ROLE \(role) CONNECTION LIMIT -1") == nil { try Task.checkCancellation() }
        case .restart:
            try await server.restart()
        case .restartAtOnce:
            try await server.stop(mode: .immediate)
            try await server.start()
        case .crash:
            try await server.kill()
            try await server.start()
        case .restartPooler:
            try await pooler?.restart()
        case .poolerEnded:
            break
        }
    }

    private func terminate(_ limit: Int, _ session: inout Superuser) async {
        _ = await session.rows(
            """
            SELECT pg_terminate_backend(pid)
            FROM (SELECT pid FROM pg_stat_activity WHERE usename = '\(role)' ORDER BY random() LIMIT \(limit)) AS victims
            """)
    }

    private func suspendBackend(_ random: inout SeededRandom, _ session: inout Superuser) async throws {
        let victim = await session.rows(
            "SELECT pid FROM pg_stat_activity WHERE usename = '\(role)' AND state <> 'idle' ORDER BY random() LIMIT 1")
        guard let victim, victim.rowCount == 1, let pid = victim.text(row: 0, column: 0).flatMap({ Int32($0) }),
            await server.suspend(backend: pid)
        else { return }
        // Under a lock that others need it would stop the whole server; that too must end.
        try? await Task.sleep(for: .milliseconds(Int.random(in: 100...1_500, using: &random)))
        if Bool.random(using: &random) { _ = await session.rows("SELECT pg_terminate_backend($1::int)", ["\(pid)"]) }
        await server.resume(backend: pid)
    }

    private func suspendServer(for time: Duration) async throws {
        try await server.suspend()
        try? await Task.sleep(for: time)
        await server.resume()
    }
}
