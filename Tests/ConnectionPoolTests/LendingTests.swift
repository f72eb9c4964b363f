import ConnectionPool
import Testing

@Suite("lending and opening")
struct LendingTests {
    @Test("the first task that asks has a connection opened")
    func opensOnDemand() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (1, .acquire(1), ["open 1"]),
            (1.25, .opened(1), ["lend 1 to 1 after 0.25"]),
            (2, .released(1), []),
            (3, .acquire(2), ["lend 1 at once"]),
        ])
    }

    @Test("the minimum is opened at the start, one after the other")
    func prewarms() {
        var script = PoolScript { $0.minimum = 3 }
        script.run([
            (0, .start, ["open 1"]),
            (0.1, .opened(1), ["open 2"]),
            (0.2, .opened(2), ["open 3"]),
            (0.3, .opened(3), []),
        ])
        #expect(script.machine.statistics.idle == 3)
    }

    @Test("a burst opens one connection at a time, and a returned one goes to the first who waits")
    func burst() {
        var script = PoolScript { $0.maximum = 3 }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .acquire(2), []),
            (0, .acquire(3), []),
            (0, .acquire(4), []),
            (0.5, .opened(1), ["lend 1 to 1 after 0.5", "open 2"]),
            (0.6, .released(1), ["lend 1 to 2 after 0.6"]),
            (0.7, .released(1), ["lend 1 to 3 after 0.7"]),
            (0.8, .released(1), ["lend 1 to 4 after 0.8"]),
            // Nobody needs the second any more: it becomes idle.
            (1, .opened(2), []),
            (1.1, .acquire(5), ["lend 2 at once"]),
        ])
    }

    @Test("never more than the maximum: what is opened, reset, tested and closed counts")
    func maximum() {
        var script = PoolScript {
            $0.maximum = 2
            $0.keepAliveInterval = .seconds(10)
            $0.idleTimeout = nil
        }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .acquire(2), []),
            (0, .opened(1), ["lend 1 to 1 after 0.0", "open 2"]),
            (0, .acquire(3), []),
            (0, .opened(2), ["lend 2 to 2 after 0.0"]),
            (0.1, .released(1, .needsReset), ["reset 1"]),
            (0.1, .released(2, .unusable(.broken)), ["close 2 broken"]),
            // One is being reset and one closed: there is no room.
            (0.1, .acquire(4), []),
            (0.2, .closed(2), ["open 3"]),
            (0.3, .resetDone(1), ["lend 1 to 3 after 0.3"]),
            (0.4, .opened(3), ["lend 3 to 4 after 0.3"]),
            (0.5, .released(1), []),
            (0.5, .released(3), []),
            (10.5, .tick, ["keepAlive 1", "keepAlive 3"]),
            (10.5, .acquire(5), []),
            (10.6, .keepAliveDone(1), ["lend 1 to 5 after 0.1"]),
        ])
    }

    @Test("of the idle connections the one used last is lent first, and a keep-alive does not count as use")
    func lastInFirstOut() {
        var script = PoolScript {
            $0.minimum = 3
            $0.keepAliveInterval = .seconds(10)
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), ["open 2"]),
            (1, .opened(2), ["open 3"]),
            (2, .opened(3), []),
            (10, .tick, ["keepAlive 1"]),
            (10.1, .keepAliveDone(1), []),
            (10.2, .acquire(1), ["lend 3 at once"]),
            (10.3, .acquire(2), ["lend 2 at once"]),
            (10.4, .acquire(3), ["lend 1 at once"]),
            (10.5, .released(2), []),
            (10.6, .released(3), []),
            (10.7, .acquire(4), ["lend 3 at once"]),
        ])
    }

    @Test("tasks are served in the order in which they came")
    func inOrder() {
        var script = PoolScript { $0.maximum = 1 }
        script.run([
            (0, .start, []),
            (0, .acquire(7), ["open 1"]),
            (0.1, .acquire(3), []),
            (0.2, .acquire(9), []),
            (0.3, .opened(1), ["lend 1 to 7 after 0.3"]),
            (0.4, .released(1), ["lend 1 to 3 after 0.3"]),
            (0.5, .released(1), ["lend 1 to 9 after 0.3"]),
        ])
    }

    @Test("a cancelled task leaves at once, and its half-made connection serves the next or becomes idle")
    func cancelled() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0.1, .acquire(2), []),
            (0.2, .cancel(1), ["fail 1 cancelled after 0.2"]),
            (0.3, .opened(1), ["lend 1 to 2 after 0.2"]),
            (0.3, .acquire(3), ["open 2"]),
            (0.4, .cancel(3), ["fail 3 cancelled after 0.1"]),
            (0.5, .opened(2), []),
            (0.6, .acquire(4), ["lend 2 at once"]),
            // Answered already: nothing happens.
            (0.7, .cancel(2), []),
        ])
    }

    @Test("a task that waits for too long fails, and its half-made connection serves the next")
    func timesOut() {
        var script = PoolScript { $0.acquireTimeout = .seconds(2) }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (1, .acquire(2), []),
            (2, .tick, ["fail 1 acquireTimeout after 2.0"]),
            (2.5, .opened(1), ["lend 1 to 2 after 1.5"]),
        ])
    }

    @Test("beyond waitersMaximum a task fails at once; with 0 only idle connections are lent")
    func tooManyWaiters() {
        var script = PoolScript {
            $0.waitersMaximum = 1
            $0.maximum = 1
        }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .acquire(2), ["fail 2 tooManyWaiters after 0.0"]),
            (0.1, .opened(1), ["lend 1 to 1 after 0.1"]),
            (0.2, .acquire(3), []),
        ])
        var none = PoolScript {
            $0.waitersMaximum = 0
            $0.minimum = 1
        }
        none.run([
            (0, .start, ["open 1"]),
            (0, .acquire(1), ["fail 1 tooManyWaiters after 0.0"]),
            (0.1, .opened(1), []),
            (0.2, .acquire(2), ["lend 1 at once"]),
        ])
    }

    @Test("before anybody runs the pool tasks wait, at most until their time-out")
    func beforeRun() {
        var script = PoolScript()
        script.run([
            (0, .acquire(1), []),
            (1, .acquire(2), []),
            (2, .tick, ["fail 1 acquireTimeout after 2.0"]),
            (2.1, .start, ["open 1"]),
            (2.2, .opened(1), ["lend 1 to 2 after 1.2"]),
        ])
    }

    @Test("events that come in another order than their times are taken as simultaneous")
    func timesOutOfOrder() {
        var script = PoolScript { $0.maximum = 1 }
        script.run([
            (0, .start, []),
            (1, .acquire(1), ["open 1"]),
            (0.9, .acquire(2), []),
            (2, .opened(1), ["lend 1 to 1 after 1.0"]),
            (1.5, .released(1), ["lend 1 to 2 after 1.0"]),
        ])
    }
}
