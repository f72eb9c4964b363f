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

    @Test("where the load was measured, the size is what it needs: the next step, since the full pool held it back")
    func measured() throws {
        var facts = facts(size: 4, waiting: 60, busy: 4, most: 40)
        facts.bouncer.change { $0.load = SampleFacts.load(inUse: 3.9, window: 60, arrivals: 6_000, waiting: 1) }
        let outcome = PoolSizeFitsLoad.run(facts)
        let finding = try #require(outcome.findings.first)
        #expect(finding["load_needs"] == 9 && finding["connections_in_use"] == 3.9 && finding["arrival_rate"] == 100)
        #expect(finding.word("judged_by") == "measured load" && finding.word("load_confidence") == "low")
        #expect(finding.message.contains("100 transactions a second, each for 39 ms"), "\(finding.message)")
        #expect(finding.message.contains("measured over 1 min (confidence low)"), "\(finding.message)")
        #expect(outcome.remedyLines.contains("shop = host=10.0.0.1 port=5432 dbname=shop pool_size=9"))
        // On a machine that is known to bear it, the queue is served at once: 4 + 40, of which it can use 17.
        facts.servers["db1"]?.cores = 8
        #expect(
            PoolSizeFitsLoad.run(facts).remedyLines.contains(
                "shop = host=10.0.0.1 port=5432 dbname=shop pool_size=17"))
        // At work for half of the time that they are held: of 44 it can use 34.
        facts.bouncer.change {
            $0.load = SampleFacts.load(inUse: 3.9, window: 60, arrivals: 6_000, workingShare: 0.5, waiting: 1)
        }
        #expect(
            PoolSizeFitsLoad.run(facts).remedyLines.contains(
                "shop = host=10.0.0.1 port=5432 dbname=shop pool_size=34"))
    }

    @Test("a load that needs no more than there is fills the pool in bursts: the queue says how much")
    func bursts() throws {
        var facts = facts(waiting: 12)
        facts.bouncer.change { $0.load = SampleFacts.load(inUse: 3, waiting: 0.2) }
        let outcome = PoolSizeFitsLoad.run(facts)
        let finding = try #require(outcome.findings.first)
        #expect(finding.word("judged_by") == "queue" && finding.message.contains("bursts"))
        #expect(outcome.remedyLines.first == "default_pool_size = 23")
    }

    @Test("a load measured too shortly leaves the queue to decide, and why")
    func tooShort() throws {
        var facts = facts(waiting: 12)
        facts.bouncer.change { $0.load = SampleFacts.load(inUse: 17, window: 10) }
        let finding = try #require(PoolSizeFitsLoad.run(facts).findings.first)
        #expect(finding.word("judged_by") == "queue" && finding["load_needs"] == nil)
        #expect(finding.message.contains("watched for 10 s only"), "\(finding.message)")
    }

    @Test("a load that needs more than the size is no finding while nobody waits")
    func nobodyWaits() {
        var facts = facts(size: 4, busy: 4)
        facts.bouncer.change { $0.load = SampleFacts.load(inUse: 3.9) }
        #expect(PoolSizeFitsLoad.run(facts).isPassed)
    }

    @Test("what the pools of another pooler may take of the slots is not given away twice")
    func others() {
        var facts = facts(waiting: 60, most: 70)
        // 85 of 95 slots for pools, of which the other pooler's may take 22.
        facts.poolers["second"] = SampleFacts.goodBouncer
        #expect(PoolSizeFitsLoad.run(facts).remedyLines == ["default_pool_size = 63", "RELOAD;"])
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
