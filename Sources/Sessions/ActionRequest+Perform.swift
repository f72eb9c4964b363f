import Postgres

extension ActionRequest {
    /// Acts, if the session is still what it was when it was seen.
    /// - Parameters:
    ///   - role: ours, for the advice.
    ///   - timeout: how long the answer is waited for. After it the session has a pending answer.
    package func perform(
        over session: PostgresSession, as role: String, timeout: Duration
    ) async -> (outcome: ActionOutcome, isLost: Bool) {
        guard let parameters else { return (.refused(.hidden), false) }
        do {
            let answer = try await session.query(statement, parameters: parameters, timeout: timeout)
            return (try outcome(answer), false)
        } catch let error as PostgresError {
            guard error.sqlState == .insufficientPrivilege else {
                return (.failed(error.description), error.isConnectionLost)
            }
            return (.insufficientPrivilege(advice: PrivilegeAdvice.sentence(toEnd: row, as: role)), false)
        } catch {
            return (.failed("\(error)"), false)
        }
    }
}
