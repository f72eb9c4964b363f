import ConnectionPool
import Testing

@Suite("failures to open")
struct OpenFailureTests {
    @Test("with nothing lent a failure reaches all who wait, with the cause")
    func failsFast() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .acquire(2), []),
            (
                0.1, .openFailed(1, "refused"),
                ["fail 1 cannotConnect (refused) after 0.1", "fail 2 cannotConnect (refused) after 0.1"]
            ),
        ])
        // Nobody needs a connection: nothing is tried.
        #expect(script.nextDeadline == nil)
    }

    @Test("while connections are in use tasks wait, and their time-out carries the last failure")
    func waitsForReturns() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (1, .acquire(2), ["open 2"]),
            (1, .acquire(3), []),
            (1.1, .openFailed(2, "too many clients"), []),
            (1.15, .released(1), ["lend 1 to 2 after 0.15"]),
            (1.2, .tick, ["open 3"]),
            (1.3, .openFailed(3, "too many clients"), []),
            (1.5, .tick, ["open 4"]),
            (3, .tick, ["fail 3 acquireTimeout (too many clients) after 2.0"]),
        ])
    }

    @Test("the pause doubles from 100 ms to 10 s, one attempt for each, however many wait")
    func backsOff() {
        var script = PoolScript {
            $0.minimum = 2
            $0.acquireTimeout = .seconds(1)
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), ["open 2"]),
            (0, .acquire(1), ["lend 1 at once"]),
        ])
        var now = 0.0
        var attempt = 2
        for pause in [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10] {
            script.run([(now, .openFailed(attempt, "full"), [])])
            #expect(script.nextDeadline == ((now + pause) * 1_000).rounded() / 1_000)
            now += pause
            attempt += 1
            script.run([(now, .tick, ["open \(attempt)"])])
        }
        script.run([
            (now, .opened(attempt), []),
            // It is forgotten after a success.
            (now, .acquire(2), ["lend \(attempt) at once"]),
            (now, .acquire(3), ["open \(attempt + 1)"]),
            (now, .openFailed(attempt + 1, "full"), []),
            (now, .acquire(4), []),
            (now, .acquire(5), []),
            (now + 0.1, .tick, ["open \(attempt + 2)"]),
        ])
    }

    @Test("whoever comes in the pause waits for the next attempt, if that is due within the time-out")
    func waitsForNextAttempt() {
        var script = PoolScript { $0.acquireTimeout = .seconds(2) }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .openFailed(1, "refused"), ["fail 1 cannotConnect (refused) after 0.0"]),
            (0.05, .acquire(2), []),
            (0.06, .acquire(3), []),
            (0.1, .tick, ["open 2"]),
            (0.2, .opened(2), ["lend 2 to 2 after 0.15", "open 3"]),
        ])
    }

    @Test("else it fails at once with the cause of the last attempt")
    func failsInTheLongPause() {
        var script = PoolScript {
            $0.acquireTimeout = .milliseconds(100)
            $0.waitersMaximum = 10
        }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .openFailed(1, "refused"), ["fail 1 cannotConnect (refused) after 0.0"]),
            (1, .acquire(2), ["open 2"]),
            (1, .openFailed(2, "refused"), ["fail 2 cannotConnect (refused) after 0.0"]),
            (1.05, .acquire(3), ["fail 3 cannotConnect (refused) after 0.0"]),
            (1.15, .acquire(4), []),
            (1.2, .tick, ["open 3"]),
            (1.2, .openFailed(3, "reset"), ["fail 4 cannotConnect (reset) after 0.05"]),
        ])
    }

    @Test("when the last connection is lost in the pause, those who cannot outlast it fail with the cause")
    func losesTheLast() {
        var script = PoolScript { $0.acquireTimeout = .milliseconds(100) }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (0, .acquire(2), ["open 2"]),
            (0, .openFailed(2, "refused"), []),
            (0.09, .acquire(3), []),
            (0.1, .tick, ["fail 2 acquireTimeout (refused) after 0.1", "open 3"]),
            (0.1, .openFailed(3, "refused"), []),
            (
                0.15, .released(1, .unusable(.broken)),
                ["close 1 broken", "fail 3 cannotConnect (refused) after 0.06"]
            ),
        ])
    }

    @Test("the minimum is restored after failures, without anybody asking")
    func restoresMinimum() {
        var script = PoolScript { $0.minimum = 1 }
        script.run([
            (0, .start, ["open 1"]),
            (0, .openFailed(1, "refused"), []),
            (0.1, .tick, ["open 2"]),
            (0.1, .opened(2), []),
            (0.2, .acquire(1), ["lend 2 at once"]),
            (0.3, .released(2, .unusable(.broken)), ["close 2 broken", "open 3"]),
        ])
    }
}
