import Observations
import Postgres

/// Makes a database empty for maintenance, and gives it back.
package struct DatabaseDrain {
    /// Between two rounds.
    private static let pause: Duration = .milliseconds(200)

    private let server: SessionsServer
    private let auditor: Auditor
    private let database: String

    package init(server: SessionsServer, auditor: Auditor, database: String) {
        self.server = server
        self.auditor = auditor
        self.database = database
    }

    /// What the server says of the database.
    /// - Throws: When there is none, or it cannot be dealt with over this connection.
    package func look() async throws(SessionsError) -> DrainedDatabase {
        let table = try await server.query(DrainedDatabase.statement, parameters: [database])
        let found: DrainedDatabase?
        do {
            found = try DrainedDatabase.decode(table, name: database)
        } catch {
            throw SessionsError("database \(database): \(error)")
        }
        guard let found else { throw SessionsError("there is no database \(VisibleText.escaped(database))") }
        if let problem = found.connectionProblem ?? found.problem { throw SessionsError(problem) }
        return found
    }

    /// Rejects new sessions.
    /// - Returns: Whether the server remembers the limit for `restore`. From PostgreSQL 15 on a setting of a new name
    ///   takes a superuser, or SET on that parameter.
    package func reject(_ found: DrainedDatabase) async throws(SessionsError) -> Bool {
        let remembers = try await change(
            { found.rejection(remembering: $0) }, canForgo: found.rememberedLimit == nil)
        try auditor.record("reject_sessions", database: database, limitBefore: found.limit, limitAfter: 0)
        return remembers
    }

    /// Takes new sessions again, as many as before.
    package func restore(_ found: DrainedDatabase, to limit: Int) async throws(SessionsError) {
        // A memory that we may not remove does no harm: it counts only while the limit is 0.
        _ = try await change({ found.restoration(to: limit, remembers: $0 ? nil : false) }, canForgo: limit != 0)
        try auditor.record("accept_sessions", database: database, limitBefore: found.limit, limitAfter: limit)
    }

    /// Runs the statements that deal with the memory, too, or, where that takes a privilege that we have not, the others.
    /// - Returns: Whether the memory is as it should be.
    private func change(_ statements: (Bool) -> [String], canForgo: Bool) async throws(SessionsError) -> Bool {
        do {
            try await server.transaction(statements(true))
            return true
        } catch  where error.sqlState == .insufficientPrivilege && canForgo {
            do {
                try await server.transaction(statements(false))
                return false
            } catch {
                throw refusal(error)
            }
        } catch {
            throw refusal(error)
        }
    }

    private func refusal(_ error: PostgresError) -> SessionsError {
        guard error.sqlState == .insufficientPrivilege else { return SessionsError("database \(database): \(error)") }
        return SessionsError(
            "database \(database): \(error.message): connect as its owner or as a superuser (we are "
                + "\(SQLName.quoted(server.role)))")
    }

    /// Ends the sessions of the database, until none is left that may be ended or the time is over.
    /// - Parameter say: is told what cannot be ended, in sentences.
    package func empty(
        times: DrainTimes, permissions: ActionPermissions, say: (String) -> Void
    ) async throws(SessionsError) -> DrainReport {
        let ender = SessionEnder(server: server, auditor: auditor)
        let start = ContinuousClock.now
        var signals = DrainRound.Signals()
        var report = DrainReport()
        var reasons: [SessionIdentity: String] = [:]
        // Looks in a row that found nothing to end: a session that was on its way in when the limit was set may come late.
        var quietLooks = 0
        while true {
            let elapsed = ContinuousClock.now - start
            let listing = try await server.list()
            let round = DrainRound(
                listing, database: database, elapsed: elapsed, times: times, signals: signals, permissions: permissions)
            let results = try await ender.perform(round.requests)
            for (request, result) in zip(round.requests, results) {
                signals.note(request, result.outcome)
                report.note(request.action, result.outcome)
                if result.outcome.isFailure, let identity = request.row.identity {
                    reasons[identity] = result.outcome.sentence
                    say("\(SessionText.name(request.row)) \(result.outcome.sentence)")
                }
            }
            if server.isLost { throw SessionsError("the connection to the server was lost") }
            let isHopeless = round.left.allSatisfy { row in row.identity.map { reasons[$0] != nil } ?? true }
            quietLooks = round.requests.isEmpty && isHopeless ? quietLooks + 1 : 0
            if quietLooks >= 2 || (round.requests.isEmpty && elapsed >= times.end) {
                report.left = round.left.map { row in (row, row.identity.flatMap { reasons[$0] }) }
                report.spared = round.spared
                break
            }
            // Also after the deadline: what the last round has ended must be seen to be gone.
            try? await Task.sleep(for: Self.pause)
            if Task.isCancelled { throw SessionsError("interrupted; new sessions are still rejected") }
        }
        try await addLeftovers(to: &report)
        return report
    }

    /// What keeps a database from being renamed or dropped, besides sessions.
    private func addLeftovers(to report: inout DrainReport) async throws(SessionsError) {
        let transactions = try await server.query(
            """
            SELECT gid || ' (' || owner || ', ' || date_trunc('second', clock_timestamp() - prepared)::text || ')' \
            AS name FROM pg_catalog.pg_prepared_xacts WHERE database = $1 ORDER BY prepared LIMIT 50
            """, parameters: [database])
        report.preparedTransactions = Self.names(transactions)
        let slots = try await server.query(
            """
            SELECT slot_name || CASE WHEN active THEN ' (in use)' ELSE '' END AS name \
            FROM pg_catalog.pg_replication_slots WHERE database = $1 ORDER BY slot_name LIMIT 50
            """, parameters: [database])
        report.slots = Self.names(slots)
    }

    private static func names(_ table: QueryResult) -> [String] {
        (0..<table.rowCount).compactMap { table.text(row: $0, column: "name").map(VisibleText.escaped) }
    }
}

extension DrainReport {
    fileprivate mutating func note(_ action: SessionAction, _ outcome: ActionOutcome) {
        guard outcome == .done else { return }
        switch action {
        case .cancel: cancelled += 1
        case .terminate: terminated += 1
        }
    }
}
