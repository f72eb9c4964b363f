extension PostgresSession {
    /// Runs a statement without parameters that will come again, with binary results: the server parses and plans it
    /// only the first two times. Where the session does not keep plans, the same as `query`.
    ///
    /// For a statement that is cheap to run most of its cost is saved, since planning a view of the statistics costs
    /// more than reading a hundred rows of it.
    ///
    /// - Parameter place: One statement is kept for each; another text takes the place of the one before.
    package func query(
        _ sql: String, planKeptAs place: String, timeout: Duration, rowLimit: Int = PostgresSession.rowLimit
    ) async throws(PostgresError) -> QueryResult {
        guard keepsPlans else { return try await query(sql, timeout: timeout, rowLimit: rowLimit) }
        let deadline = Deadline(after: timeout)
        if let name = plans.outdated(by: sql, in: place) { try await forget(name, by: deadline) }
        do throws(PostgresError) {
            switch plans.step(for: sql, in: place) {
            case .runUnnamed: break
            case .run(let name): return try await run(name, by: deadline, rowLimit: rowLimit)
            case .prepare(let name):
                _ = try await perform(by: deadline, rowLimit: rowLimit) { $0.sendPrepare(sql, as: name) }
                plans.isKept(in: place)
                return try await run(name, by: deadline, rowLimit: rowLimit)
            }
        } catch {
            // What came of it is not known.
            if error.kind == .timeout || error.kind == .cancelled || error.isConnectionLost { throw error }
            guard plans.failed(in: place, with: error.sqlState) else { throw error }
        }
        return try await perform(by: deadline, rowLimit: rowLimit) {
            $0.send(sql, parameters: [], format: .binary)
        }
    }

    private func run(
        _ name: String, by deadline: Deadline, rowLimit: Int
    ) async throws(PostgresError) -> QueryResult {
        try await perform(by: deadline, rowLimit: rowLimit) { $0.sendPrepared(name, format: .binary) }
    }

    /// Removes a kept statement from the server; that it is not there is as good.
    private func forget(_ name: String, by deadline: Deadline) async throws(PostgresError) {
        do throws(PostgresError) {
            _ = try await perform(by: deadline, rowLimit: 0) { $0.sendSimple("DEALLOCATE \(name)") }
        } catch {
            if error.kind == .timeout || error.kind == .cancelled || error.isConnectionLost { throw error }
        }
    }
}
