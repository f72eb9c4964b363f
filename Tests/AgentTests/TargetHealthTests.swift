import Collectors
import Observations
import Postgres
import Testing

@testable import Agent

@Suite("Target health")
struct TargetHealthTests {
    private let now = ContinuousClock.now

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
        #expect(health.mayConnect(at: now))
        health.opened()
        #expect(health.state == .connecting)
        #expect(health.sampled([reading(.ok)], isPending: false, at: now) == nil)
        #expect(health.state == .up && health.sentence == nil)
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
        health.lost(TargetProblem(error(kind)), at: now, jitter: 0)
        #expect(health.state == state)
        #expect(health.sentence == "the server's words")
    }

    @Test("it never connects faster than once a second, whatever fails, and at once after nothing failed")
    func pace() {
        var health = TargetHealth()
        var clock = now
        for _ in 0..<20 {
            health.lost(TargetProblem(error(.refused)), at: clock, jitter: 0)
            #expect(!health.mayConnect(at: clock + .milliseconds(999)))
            #expect(health.mayConnect(at: clock + .seconds(5)), "and is back within seconds after an outage")
            clock += .seconds(5)
        }
        _ = health.sampled([reading(.ok)], isPending: false, at: clock)
        health.lost(TargetProblem(error(.disconnected)), at: clock, jitter: 0)
        #expect(health.mayConnect(at: clock + .seconds(1)), "a success forgets the failures before it")
    }

    @Test("a session whose statement is not answered is kept for a while, then given up")
    func patience() {
        var health = TargetHealth()
        _ = health.sampled([reading(.ok)], isPending: false, at: now)
        #expect(health.sampled([reading(.timeout, error(.timeout))], isPending: true, at: now) == nil)
        #expect(health.state == .timeout)
        #expect(health.unanswered(at: now + .seconds(14)) == true)
        #expect(health.unanswered(at: now + .seconds(15)) == false)
        // The late answer counts: then the patience begins anew.
        #expect(health.sampled([reading(.ok)], isPending: false, at: now + .seconds(16)) == nil)
        #expect(health.state == .up)
        #expect(health.sampled([reading(.timeout, error(.timeout))], isPending: true, at: now + .seconds(20)) == nil)
        #expect(health.unanswered(at: now + .seconds(30)) == true)
    }

    @Test("a lost session is a reason to give it up, whichever source noticed")
    func lost() {
        var health = TargetHealth()
        let problem = health.sampled(
            [reading(.ok), reading(.error, error(.disconnected, .adminShutdown))], isPending: false, at: now)
        #expect(problem?.state == .disconnected)
    }

    @Test("a slow source that fails does not take the target down; the first one does")
    func primary() {
        var health = TargetHealth()
        let denied = error(.permissionDenied, .insufficientPrivilege)
        #expect(health.sampled([reading(.ok), reading(.error, denied)], isPending: false, at: now) == nil)
        #expect(health.state == .up)
        #expect(health.sampled([reading(.error, denied), reading(.ok)], isPending: false, at: now) == nil)
        #expect(health.state == .permissionDenied)
    }

    @Test("a statement that the server itself ended for its time is a time-out")
    func statementTimeout() {
        var health = TargetHealth()
        let canceled = error(.statementFailed, .queryCanceled)
        #expect(health.sampled([reading(.timeout, canceled)], isPending: false, at: now) == nil)
        #expect(health.state == .timeout)
    }
}
