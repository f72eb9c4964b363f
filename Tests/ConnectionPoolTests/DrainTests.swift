import ConnectionPool
import Testing

@Suite("draining")
struct DrainTests {
    @Test("a drain closes what is idle, lets tasks that wait fail, and ends when the leases have")
    func drains() {
        var script = PoolScript { $0.maximum = 2 }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (0, .acquire(2), ["open 2"]),
            (0, .opened(2), ["lend 2 to 2 after 0.0"]),
            (0, .acquire(3), []),
            (1, .drain(10), ["stop jobs", "fail 3 shutdown after 1.0"]),
            (2, .acquire(4), ["fail 4 shutdown after 0.0"]),
            (3, .released(1), ["close 1 shutdown"]),
            (3, .closed(1), []),
            (4, .released(2, .needsReset), ["close 2 shutdown"]),
            (4, .closed(2), ["finish"]),
            (5, .acquire(5), ["fail 5 shutdown after 0.0"]),
        ])
        #expect(script.machine.hasEnded)
        #expect(script.nextDeadline == nil)
    }

    @Test("with nothing lent it ends at once; before anybody runs the pool too")
    func nothingLent() {
        var script = PoolScript { $0.minimum = 1 }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (1, .drain(10), ["stop jobs", "close 1 shutdown"]),
            (1, .closed(1), ["finish"]),
        ])
        var fresh = PoolScript { $0.minimum = 1 }
        fresh.run([
            (0, .acquire(1), []),
            (1, .drain(10), ["stop jobs", "fail 1 shutdown after 1.0", "finish"]),
        ])
    }

    @Test("leases that outlast the bound are cancelled; a second later the pool ends without those that remain")
    func cancels() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (0, .acquire(2), ["open 2"]),
            (0, .opened(2), ["lend 2 to 2 after 0.0"]),
            (1, .drain(10), ["stop jobs"]),
            (11, .tick, ["cancel lease 1", "cancel lease 2"]),
            (11.5, .released(2), ["close 2 shutdown"]),
            (11.5, .closed(2), []),
            (12, .tick, ["finish"]),
            // It is closed when it comes back after all.
            (60, .tick, ["leak of 1 after 60.0"]),
            (99, .released(1), ["close 1 shutdown"]),
            (99, .closed(1), []),
        ])
        #expect(script.machine.statistics == PoolScript().machine.statistics)
    }

    @Test("what is being opened, reset and tested meanwhile is closed, or is not there")
    func jobs() {
        var script = PoolScript {
            $0.minimum = 2
            $0.keepAliveInterval = .seconds(10)
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), ["open 2"]),
            (0, .acquire(1), ["lend 1 at once"]),
            (1, .opened(2), []),
            (10, .released(1, .needsReset), ["reset 1"]),
            (11, .tick, ["keepAlive 2"]),
            (11, .acquire(2), []),
            (11, .acquire(3), ["open 3"]),
            (11.5, .drain(10), ["stop jobs", "fail 2 shutdown after 0.5", "fail 3 shutdown after 0.5"]),
            (11.6, .opened(3), ["close 3 shutdown"]),
            (11.6, .keepAliveDone(2), ["close 2 shutdown"]),
            (11.7, .resetFailed(1), ["close 1 inDoubt"]),
            (11.8, .closed(1), []),
            (11.8, .closed(2), []),
            (11.8, .closed(3), ["finish"]),
        ])
        var failing = PoolScript { $0.minimum = 1 }
        failing.run([
            (0, .start, ["open 1"]),
            (1, .drain(10), ["stop jobs"]),
            (1, .openFailed(1, "cancelled"), ["finish"]),
        ])
    }

    @Test("of two drains the earlier deadline counts")
    func twice() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (1, .drain(10), ["stop jobs"]),
            (2, .drain(100), []),
        ])
        #expect(script.nextDeadline == 11)
        script.run([(3, .drain(1), [])])
        #expect(script.nextDeadline == 4)
        script.run([
            (4, .tick, ["cancel lease 1"]),
            (4, .drain(0), []),
            (5, .tick, ["finish"]),
            (6, .drain(0), []),
        ])
    }
}
