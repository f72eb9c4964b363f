import Postgres
import Sessions

/// Acts: the only part of the guard that asks a server for something.
struct GuardHand: Sendable {
    /// The server ends a statement of ours a little earlier, so that its own word comes first.
    private static let statementTimeout: Duration = .seconds(6)

    /// Ours on the server.
    let role: String
    let scribe: GuardScribe

    /// Acts one by one, and writes each down at once, also when the task is cancelled meanwhile.
    func perform(
        _ actions: [GuardAction], over session: PostgresSession, within limit: Duration
    ) async -> GuardReport {
        let end = ContinuousClock.now + limit
        var report = GuardReport()
        for (index, action) in actions.enumerated() {
            let time = end - .now
            guard time > .zero, !Task.isCancelled, !report.hasLostSession, !session.hasPendingAnswer,
                report.halt == nil
            else {
                report.untried = Array(actions[index...])
                break
            }
            let (outcome, isLost) = await action.request.perform(
                over: session, as: role, timeout: min(time, Self.statementTimeout))
            report.results.append((action, outcome))
            report.hasLostSession = isLost
            do {
                try scribe.record(action, role: role, outcome: outcome.word, detail: outcome.detail)
            } catch {
                report.halt = error
            }
        }
        return report
    }
}
