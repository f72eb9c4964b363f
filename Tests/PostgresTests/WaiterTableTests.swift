import Testing

@testable import Postgres

@Suite("the table of waiters")
struct WaiterTableTests {
    private let start = ContinuousClock.now

    @Test("the thread sleeps until the earliest deadline, rounded up to a millisecond")
    func sleep() {
        var table = WaiterTable<String>()
        let idle = table.fallAsleep(at: start)
        #expect(idle == -1)
        let mustWake = [.seconds(5), .seconds(6), .microseconds(1_500)].map { (delay: Duration) in
            table.add("\(delay)", table.issueTicket(), until: start + delay)
        }
        #expect(mustWake == [true, false, true])
        #expect(table.fallAsleep(at: start) == 2)
        #expect(table.fallAsleep(at: start + .seconds(1)) == 0)
    }

    @Test("a waiter that is ready and late at the same time is ready, once")
    func readyFirst() {
        var table = WaiterTable<String>()
        let (a, b) = (table.issueTicket(), table.issueTicket())
        _ = table.add("a", a, until: start)
        _ = table.add("b", b, until: start)
        let (ready, late) = table.wakeUp(at: start, ready: [a, a, Poller.alarmTicket, 99])
        #expect(ready == ["a"])
        #expect(late == ["b"])
        #expect(table.remove(a) == nil && table.count == 0)
    }

    @Test("a waiter that is gone is forgotten when the thread wakes up for it, or without a reason")
    func gone() {
        var table = WaiterTable<String>()
        let ticket = table.issueTicket()
        _ = table.add("a", ticket, until: start + .seconds(1))
        #expect(table.contains(ticket))
        #expect(table.remove(ticket) == "a")
        #expect(!table.contains(ticket))
        #expect(table.fallAsleep(at: start) == 1_000)
        #expect(table.wakeUp(at: start, ready: []).late.isEmpty)
        #expect(table.fallAsleep(at: start) == -1 && table.alarmCount == 0)
    }

    @Test("one wait after the other, of the same length: the thread is woken for the first alone")
    func succession() {
        var table = WaiterTable<Int>()
        var now = start
        var wakeUps = 0
        _ = table.fallAsleep(at: now)
        for number in 0..<1_000 {
            let ticket = table.issueTicket()
            if table.add(number, ticket, until: now + .seconds(30)) { wakeUps += 1 }
            now += .microseconds(50)
            #expect(table.wakeUp(at: now, ready: [ticket]).ready == [number])
            _ = table.fallAsleep(at: now)
        }
        #expect(wakeUps == 1)
        // Once for an alarm that nobody waits for any more; then for nothing.
        now += .seconds(31)
        #expect(table.wakeUp(at: now, ready: []).late.isEmpty)
        #expect(table.fallAsleep(at: now) == -1)
    }

    @Test("alarms of waiters that are gone do not pile up")
    func compaction() {
        var table = WaiterTable<Int>()
        let keeper = table.issueTicket()
        _ = table.add(-1, keeper, until: start + .seconds(30))
        for number in 0..<10_000 {
            let ticket = table.issueTicket()
            _ = table.add(number, ticket, until: start + .seconds(60))
            _ = table.remove(ticket)
        }
        #expect(table.alarmCount < 100)
        #expect(table.wakeUp(at: start + .seconds(30), ready: []).late == [-1])
    }
}
