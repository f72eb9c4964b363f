import ConnectionPool
import Testing

@Suite("returning, ageing and signs of life")
struct ReturningTests {
    @Test("a connection that needs a reset is lent only after it; one that cannot be reset is closed")
    func reset() {
        var script = PoolScript { $0.maximum = 1 }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (1, .released(1, .needsReset), ["reset 1"]),
            (1, .acquire(2), []),
            (1.5, .resetDone(1), ["lend 1 to 2 after 0.5"]),
            (2, .released(1, .needsReset), ["reset 1"]),
            (3, .resetFailed(1), ["close 1 inDoubt"]),
            (3, .closed(1), []),
        ])
    }

    @Test("whoever waits gets the connection that is being reset: none is opened for it")
    func resetServesSoon() {
        var script = PoolScript()
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (1, .released(1, .needsReset), ["reset 1"]),
            (1, .acquire(2), []),
            (1, .acquire(3), ["open 2"]),
            (1.1, .resetDone(1), ["lend 1 to 2 after 0.1"]),
        ])
    }

    @Test(
        "a connection that comes back unusable is closed for its reason, and another is opened for who waits",
        arguments: [CloseReason.broken, .inTransaction, .inDoubt])
    func unusable(reason: CloseReason) {
        var script = PoolScript { $0.maximum = 1 }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (0, .acquire(2), []),
            (1, .released(1, .unusable(reason)), ["close 1 \(reason)"]),
            (1, .closed(1), ["open 2"]),
            (1.5, .opened(2), ["lend 2 to 2 after 1.5"]),
        ])
    }

    @Test("surplus idle connections are closed after idleTimeout, the minimum is kept")
    func idleTimeout() {
        var script = PoolScript {
            $0.minimum = 1
            $0.idleTimeout = .seconds(30)
            $0.keepAliveInterval = nil
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (0, .acquire(1), ["lend 1 at once"]),
            (0, .acquire(2), ["open 2"]),
            (0, .opened(2), ["lend 2 to 2 after 0.0"]),
            (0, .acquire(3), ["open 3"]),
            (0, .opened(3), ["lend 3 to 3 after 0.0"]),
            (1, .released(1), []),
            (2, .released(2), []),
            (3, .released(3), []),
            (31, .tick, ["close 1 idle"]),
            (31, .closed(1), []),
            (32, .tick, ["close 2 idle"]),
            (32, .closed(2), []),
        ])
        #expect(script.machine.statistics.idle == 1)
    }

    @Test("an idle connection that was among the minimum is closed once one more is open")
    func idleBeyondMinimum() {
        var script = PoolScript {
            $0.minimum = 1
            $0.idleTimeout = .seconds(30)
            $0.keepAliveInterval = .seconds(60)
            $0.maximumLifetime = nil
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (60, .tick, ["keepAlive 1"]),
            (60, .acquire(1), ["open 2"]),
            (60.1, .keepAliveDone(1), ["lend 1 to 1 after 0.1"]),
            (60.2, .released(1), []),
            (60.3, .opened(2), []),
            (90.2, .tick, ["close 1 idle"]),
        ])
    }

    @Test("an idle connection is closed at the end of its lifetime and replaced if the minimum needs it")
    func lifetimeOfIdle() {
        var script = PoolScript {
            $0.minimum = 1
            $0.maximumLifetime = .seconds(100)
            $0.keepAliveInterval = nil
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
        ])
        // A tenth less at most; here half of it.
        #expect(script.nextDeadline == 95)
        script.run([
            (95, .tick, ["close 1 lifetime", "open 2"]),
            (95, .closed(1), []),
            (95.1, .opened(2), []),
        ])
    }

    @Test("a connection past its lifetime is closed when it comes back, after a reset too")
    func lifetimeOfLeased() {
        var script = PoolScript {
            $0.maximumLifetime = .seconds(100)
            $0.leakThreshold = nil
        }
        script.run([
            (0, .start, []),
            (0, .acquire(1), ["open 1"]),
            (0, .opened(1), ["lend 1 to 1 after 0.0"]),
            (99, .released(1), ["close 1 lifetime"]),
            (99, .closed(1), []),
            (100, .acquire(2), ["open 2"]),
            (100, .opened(2), ["lend 2 to 2 after 0.0"]),
            (194, .released(2, .needsReset), ["reset 2"]),
            (196, .resetDone(2), ["close 2 lifetime"]),
            (196, .closed(2), []),
            (200, .acquire(3), ["open 3"]),
            (200, .opened(3), ["lend 3 to 3 after 0.0"]),
            (299, .released(3, .needsReset), ["close 3 lifetime"]),
        ])
    }

    @Test("a connection whose lifetime has just ended is not lent, though no tick came")
    func lateTick() {
        var script = PoolScript {
            $0.minimum = 1
            $0.maximumLifetime = .seconds(100)
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (96, .acquire(1), ["close 1 lifetime", "open 2"]),
            (96, .closed(1), []),
            (96.5, .opened(2), ["lend 2 to 1 after 0.5"]),
        ])
    }

    @Test("an idle connection is asked for a sign of life, and closed and replaced if it gives none")
    func keepAlive() {
        var script = PoolScript {
            $0.minimum = 1
            $0.keepAliveInterval = .seconds(60)
        }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (60, .tick, ["keepAlive 1"]),
            (60.5, .keepAliveDone(1), []),
            (120.5, .tick, ["keepAlive 1"]),
            (125.5, .keepAliveFailed(1), ["close 1 broken", "open 2"]),
            (125.5, .closed(1), []),
        ])
    }

    @Test("nobody waits for a connection that is asked for a sign of life, if another may be opened")
    func keepAliveMayHang() {
        var script = PoolScript { $0.minimum = 1 }
        script.run([
            (0, .start, ["open 1"]),
            (0, .opened(1), []),
            (60, .tick, ["keepAlive 1"]),
            (60, .acquire(1), ["open 2"]),
            (60.1, .opened(2), ["lend 2 to 1 after 0.1"]),
        ])
    }

    @Test("a lease beyond the leak threshold is reported once, with where it was taken")
    func leak() {
        var script = PoolScript { $0.leakThreshold = .seconds(60) }
        script.run([
            (0, .start, []),
            (0, .acquire(41), ["open 1"]),
            (1, .opened(1), ["lend 1 to 41 after 1.0"]),
            (61, .tick, ["leak of 41 after 60.0"]),
        ])
        #expect(script.nextDeadline == nil)
        script.run([
            (70, .released(1), []),
            (71, .acquire(42), ["lend 1 at once"]),
            (131, .tick, ["leak of 42 after 60.0"]),
        ])
    }
}
