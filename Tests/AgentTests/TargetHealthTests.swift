import Collectors
import ConnectionPool
import Observations
import Postgres
import Testing

@testable import Agent

@Suite("Target health")
struct TargetHealthTests {
    private func reading(_ outcome: SourceOutcome, _ error: PostgresError? = nil) -> SourceReading {
        SourceReading(
            source: ActivitySource.self, outcome: outcome, duration: .zero, error: error, problem: error?.message)
    }

    private func error(_ kind: PostgresError.Kind, _ state: SQLState? = nil) -> PostgresError {
        PostgresError(kind: kind, sqlState: state, message: "the server's words")
    }

    @Test("it is connecting until it has been tried, and up after the first sample")
    func first() {
        var health = TargetHealth()
        #expect(health.state == .connecting)
        health.isWithoutSession()
        #expect(health.state == .connecting, "the first attempt is under way")
        #expect(health.sampled([reading(.ok)]) == nil)
        #expect(health.state == .up && health.sentence == nil)
        health.isWithoutSession()
        #expect(health.state == .disconnected && health.sentence != nil)
    }

    @Test(
        "every kind of failure has its state",
        arguments: [
            (PostgresError.Kind.refused, TargetState.refused), (.timeout, .timeout),
            (.authenticationFailed, .authFailed),
            (.tlsFailed, .tlsFailed), (.tooManyConnections, .tooManyConnections), (.startingUp, .startingUp),
            (.permissionDenied, .permissionDenied), (.disconnected, .disconnected),
        ])
    func states(kind: PostgresError.Kind, state: TargetState) {
        var health = TargetHealth()
        health.lost(TargetProblem(error(kind)))
        #expect(health.state == state)
        #expect(health.sentence == "the server's words")
    }

    @Test("while a statement is unanswered the target is timed out; the next good sample puts it up")
    func unanswered() {
        var health = TargetHealth()
        #expect(health.sampled([reading(.timeout, error(.timeout))]) == nil)
        #expect(health.state == .timeout)
        health.unanswered()
        #expect(health.state == .timeout && health.sentence == "the last statement has not been answered yet")
        health.isWithoutSession()
        #expect(health.state == .timeout, "it is no worse than it was")
        #expect(health.sampled([reading(.ok)]) == nil)
        #expect(health.state == .up)
    }

    @Test("a pool that has no session says why, with the cause of its last attempt")
    func pool() {
        let cause = TargetProblem(state: .tooManyConnections, sentence: "sorry", refusal: .server)
        for code in [PoolError.Code.acquireTimeout, .cannotConnect] {
            #expect(TargetProblem(PoolError(code: code, message: "", underlying: cause)) == cause)
            #expect(
                TargetProblem(PoolError(code: code, message: "", underlying: CancellationError()))?.state == .timeout)
        }
        #expect(TargetProblem(PoolError(code: .acquireTimeout, message: "")) == nil, "the first attempt is under way")
        #expect(TargetProblem(PoolError(code: .shutdown, message: "", underlying: cause)) == nil)
    }

    @Test("a lost session is a reason to give it up, whichever source noticed")
    func lost() {
        var health = TargetHealth()
        let problem = health.sampled(
            [reading(.ok), reading(.error, error(.disconnected, .adminShutdown))])
        #expect(problem?.state == .disconnected)
    }

    @Test("a slow source that fails does not take the target down; the first one does")
    func primary() {
        var health = TargetHealth()
        let denied = error(.permissionDenied, .insufficientPrivilege)
        #expect(health.sampled([reading(.ok), reading(.error, denied)]) == nil)
        #expect(health.state == .up)
        #expect(health.sampled([reading(.error, denied), reading(.ok)]) == nil)
        #expect(health.state == .permissionDenied)
    }

    @Test("a statement that the server itself ended for its time is a time-out")
    func statementTimeout() {
        var health = TargetHealth()
        let canceled = error(.statementFailed, .queryCanceled)
        #expect(health.sampled([reading(.timeout, canceled)]) == nil)
        #expect(health.state == .timeout)
    }
}
