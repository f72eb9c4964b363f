import ConnectionPool
import Locking
import Postgres
import PostgresPool
import TestSupport

/// What the tasks of a chaos test do with a pool.
///
/// Nothing is tried again: every request is one lease, and every error is noted for what it is.
struct ChaosWork: Sendable {
    private struct Thrown: Error {}

    enum Kind: CaseIterable {
        case statement
        case transaction
        case throwingTransaction
        case cancelledTransaction
        case pastDeadline
        case cancelledWhileWaiting
        case cancelledWhileHolding
    }

    let pool: PostgresPool
    let tally = Guarded(ChaosTally())

    /// How often each kind comes up.
    private static let mix: [Kind] = Kind.allCases + [.statement, .statement, .statement, .transaction, .transaction]

    /// One task: requests, one after the other, until `stop` says so. `number` makes its rows its own.
    func run(task number: Int, seed: UInt64, until stop: @Sendable () -> Bool) async {
        var random = SeededRandom(seed: seed &+ UInt64(number) &* 7_919)
        var row = number * 1_000_000
        while !stop() {
            row += 1
            let kind = Self.mix.randomElement(using: &random) ?? .statement
            let delay = Duration.milliseconds(Int.random(in: 0...40, using: &random))
            let isOver: Bool
            do {
                try await request(kind, row: row, delay: delay)
                isOver = true
            } catch {
                note(error)
                isOver = false
            }
            // A client thinks between its requests, and longer after an error.
            try? await Task.sleep(for: .milliseconds(Int.random(in: isOver ? 0...15 : 10...60, using: &random)))
        }
    }

    private func request(_ kind: Kind, row: Int, delay: Duration) async throws {
        switch kind {
        case .statement:
            try await lease { try await check(&$0, "\(row)") }
        case .transaction:
            try await insert(row) { _ in }
        case .throwingTransaction:
            try await insert(row) { connection in
                try await check(&connection, "\(row)", isInTransaction: true)
                throw Thrown()
            }
        case .cancelledTransaction:
            try await cancelling(after: delay, sinceBegin: true) { begin in
                try await insert(row, begin: begin) { connection in
                    _ = try await connection.query("SELECT pg_sleep(0.02)")
                }
            }
        case .pastDeadline:
            try await lease { try await giveUp(&$0, "\(row)", after: delay) }
        case .cancelledWhileWaiting:
            try await cancelling(after: delay, sinceBegin: false) { _ in
                try await lease { try await check(&$0, "\(row)") }
            }
        case .cancelledWhileHolding:
            try await cancelling(after: delay, sinceBegin: true) { begin in
                try await lease(begin: begin) { connection in
                    _ = try await connection.query("SELECT pg_sleep(20)", timeout: .seconds(15))
                    tally.withLock { $0.note(wrong: "a statement of 20 s has ended") }
                }
            }
        }
    }

    // MARK: Leases and transactions

    private func lease(
        begin: @Sendable () -> Void = {}, _ body: (inout PostgresConnection) async throws -> Void
    ) async throws {
        try await counted {
            try await pool.withConnection { connection in
                try await held(begin) { try await body(&connection) }
            }
        }
    }

    /// Inserts a row in a transaction, and notes what that was said to have become.
    private func insert(
        _ row: Int, begin: @Sendable () -> Void = {}, _ body: (inout PostgresConnection) async throws -> Void
    ) async throws {
        do {
            try await counted {
                try await pool.withConnection { connection in
                    try await held(begin) {
                        try await connection.withTransaction { connection in
                            _ = try await connection.query("INSERT INTO chaos VALUES ($1)", ["\(row)"])
                            try await body(&connection)
                        }
                    }
                }
            }
            tally.withLock { _ = $0.committed.insert(row) }
        } catch let error as TransactionError where error.code == .outcomeUnknown {
            tally.withLock { _ = $0.unknown.insert(row) }
            throw error
        } catch {
            tally.withLock { _ = $0.rolledBack.insert(row) }
            throw error
        }
    }

    private func counted(_ request: () async throws -> Void) async throws {
        tally.withLock { $0.asked += 1 }
        defer { tally.withLock { $0.answered += 1 } }
        try await request()
    }

    private func held(_ begin: () -> Void, _ body: () async throws -> Void) async throws {
        tally.withLock { $0.begun += 1 }
        defer { tally.withLock { $0.ended += 1 } }
        begin()
        try await body()
    }

    // MARK: Statements

    /// The answer must be that to this statement, and no other's transaction may be open.
    private func check(
        _ connection: inout PostgresConnection, _ token: String, isInTransaction: Bool = false
    ) async throws {
        let result = try await connection.query("SELECT $1::text, pg_current_xact_id_if_assigned()::text", [token])
        let answer = result.rowCount == 1 ? result.text(row: 0, column: 0) : nil
        let transaction = answer == nil ? nil : result.text(row: 0, column: 1)
        if answer != token || (transaction != nil) != isInTransaction {
            tally.withLock {
                $0.note(wrong: "asked for \(token), got \(answer ?? "nothing") in \(transaction ?? "no transaction")")
            }
        }
    }

    /// A statement that is given up leaves a connection on which the next runs, or one that says that it is lost.
    private func giveUp(_ connection: inout PostgresConnection, _ token: String, after limit: Duration) async throws {
        do {
            _ = try await connection.query("SELECT pg_sleep(20)", timeout: max(limit, .milliseconds(1)))
            tally.withLock { $0.note(wrong: "a statement of 20 s has ended") }
        } catch  where error.kind == .timeout && !error.isConnectionLost {
            tally.withLock { $0.givenUp += 1 }
            try await check(&connection, token)
            tally.withLock { $0.survived += 1 }
        } catch {
            if error.kind == .timeout { tally.withLock { $0.givenUp += 1 } }
            throw error
        }
    }

    // MARK: Errors and cancellation

    private func note(_ error: any Error) {
        tally.withLock { tally in
            switch error {
            case let error as PoolError:
                tally.refused[error.code, default: 0] += 1
                // Cut off from the error by the pool: it has lent nothing and gives no reason.
                if error.code == .cannotConnect, error.underlying == nil { tally.note(wrong: "no cause: \(error)") }
            case let error as PostgresError:
                tally.errors[error.kind, default: 0] += 1
                // Nobody but us cancels statements, and those say `timeout` or `cancelled`.
                if error.kind == .statementFailed, error.message.contains("user request") {
                    tally.note(wrong: "hit by the cancellation of another statement: \(error)")
                }
            case let error as TransactionError:
                if error.code == .alreadyInTransaction || error.code == .endedInBody {
                    tally.note(wrong: "a connection was lent inside of a transaction: \(error)")
                }
            case is Thrown, is CancellationError:
                break
            default:
                tally.note(wrong: "unexpected: \(error)")
            }
        }
    }

    /// Runs `body` in a task of its own, and cancels that after `delay`, counted from its start or from the call of
    /// what it is given.
    private func cancelling(
        after delay: Duration, sinceBegin: Bool, _ body: @escaping @Sendable (@Sendable () -> Void) async throws -> Void
    ) async throws {
        let (begins, begin) = AsyncStream<Void>.makeStream()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                defer { begin.finish() }
                try await body { begin.yield() }
                return true
            }
            group.addTask {
                if sinceBegin { for await _ in begins { break } }
                try? await Task.sleep(for: delay)
                return false
            }
            while let isBody = try await group.next() {
                group.cancelAll()
                if isBody { return }
            }
        }
    }
}
