import Observations
import Testing

@testable import Advisor

@Suite("check pool-size")
struct PoolSizeFitsLoadTests {
    private func facts(
        size: Double = 17, waiting: Int = 0, busy: Double = 17, most: Double = 6, wait: Double = 2
    ) -> CheckFacts {
        SampleFacts.bouncer { bouncer in
            bouncer.databases.change { $0[0].numbers["pool_size"] = size }
            SampleFacts.changePool(&bouncer) {
                ($0.samplesWaiting, $0.mostBusy, $0.mostWaiting, $0.longestWait) = (waiting, busy, most, wait)
            }
        }
    }

    @Test("clients that wait while all are busy: the size grows by the queue")
    func tooSmall() throws {
        let outcome = PoolSizeFitsLoad.run(facts(waiting: 12))
        #expect(outcome.severities == [.warning])
        #expect(outcome.findings[0]["waiting_share"] == 0.2 && outcome.findings[0]["usable_slots"] == 95)
        #expect(outcome.remedyLines == ["default_pool_size = 23", "RELOAD;"])
    }

    @Test("a wait near query_wait_timeout is critical")
    func critical() {
        #expect(PoolSizeFitsLoad.run(facts(waiting: 12, wait: 16)).severities == [.critical])
    }

    @Test("it grows no further than slots and formula allow; where they do not, statements must become faster")
    func bounded() {
        var few = facts(size: 80, waiting: 60, busy: 80, most: 100)
        #expect(
            PoolSizeFitsLoad.run(few).remedyLines.contains("shop = host=10.0.0.1 port=5432 dbname=shop pool_size=85"))
        few.servers["db1"]?.cores = 8
        few.servers["db1"]?.spindles = 1
        #expect(PoolSizeFitsLoad.run(few).remedyLines == ["poolscope size --watch 5m"])
    }

    @Test("few waits, and waits with connections to spare, pass here")
    func passes() {
        #expect(PoolSizeFitsLoad.run(facts(waiting: 11)).isPassed)
        #expect(PoolSizeFitsLoad.run(facts(waiting: 60, busy: 16)).isPassed)
    }

    @Test("connections that are held idly are no lack of connections")
    func held() {
        var facts = facts(waiting: 60)
        facts.bouncer.change { SampleFacts.changeHolders(&$0, working: 4, idle: 4) }
        #expect(PoolSizeFitsLoad.run(facts).isPassed)
        facts.bouncer.change { SampleFacts.changeHolders(&$0, working: 5, idle: 4) }
        #expect(PoolSizeFitsLoad.run(facts).findings.count == 1)
    }

    @Test("a pool larger than the server's slots, or without a limit, is found")
    func tooLarge() {
        #expect(PoolSizeFitsLoad.run(facts(size: 95)).isPassed)
        let outcome = PoolSizeFitsLoad.run(facts(size: 96))
        #expect(outcome.findings.first?["pool_size"] == 96)
        #expect(outcome.remedyLines.contains("shop = host=10.0.0.1 port=5432 dbname=shop pool_size=47"))
        #expect(PoolSizeFitsLoad.run(facts(size: 0)).findings.first?.message.contains("no limit") == true)
    }

    @Test("a user's own size is changed where it is set")
    func users() {
        var facts = facts(waiting: 60, busy: 4)
        facts.bouncer.change { bouncer in
            bouncer.users = .known([PgBouncerUser(name: "web", numbers: ["pool_size": 4])])
        }
        #expect(PoolSizeFitsLoad.run(facts).remedyLines == ["[users]", "web = pool_size=10", "RELOAD;"])
    }

    @Test("without a watch it is not judged")
    func unknown() {
        #expect(PoolSizeFitsLoad.run(SampleFacts.bouncer { $0.history = .unread }).isUnknown)
    }
}
