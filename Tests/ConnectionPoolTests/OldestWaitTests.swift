import ConnectionPool
import Testing

@Suite("how long the first in the queue has waited")
struct OldestWaitTests {
    @Test("it grows until that task is served, then it is the next one's; zero when none waits")
    func oldestWait() {
        let start = PoolTime.now
        let origin = LeaseOrigin(fileID: "a", line: 1)
        var configuration = PoolConfiguration(name: "test")
        configuration.acquireTimeout = .seconds(10)
        var machine = PoolStateMachine(configuration)
        #expect(machine.statistics(at: start).oldestWait == .zero)
        _ = machine.acquire(WaiterID(serial: 1), origin: origin, at: start)
        _ = machine.acquire(WaiterID(serial: 2), origin: origin, at: start + .seconds(1))
        #expect(machine.statistics(at: start + .seconds(3)).oldestWait == .seconds(3))
        _ = machine.cancel(WaiterID(serial: 1), at: start + .seconds(4))
        #expect(machine.statistics(at: start + .seconds(4)).oldestWait == .seconds(3))
        // A clock read before the lock was taken is not ahead of the task's own.
        #expect(machine.statistics(at: start).oldestWait == .zero)
        _ = machine.cancel(WaiterID(serial: 2), at: start + .seconds(5))
        #expect(machine.statistics(at: start + .seconds(6)).oldestWait == .zero)
    }
}
