import Observations
import Testing

@testable import Advisor

@Suite("check pool-size-fits-machine")
struct PoolSizeFitsMachineTests {
    private func outcome(
        active: Int = 6, size: Double = 17, cores: Int? = 8, load: Known<LoadMeasurement> = .unread,
        change: (inout CheckFacts) -> Void = { _ in }
    ) -> CheckOutcome {
        var facts = SampleFacts.server { $0.sessions.change { $0.groups[0].active = active } }
        facts.target.cores = cores
        facts.poolers["pooler"]?.databases.change { $0[0].numbers["pool_size"] = size }
        facts.poolers["pooler"]?.config.change { $0.values["default_pool_size"] = CheckText.number(size) }
        facts.poolers["pooler"]?.load = load
        change(&facts)
        return PoolSizeFitsMachine.run(facts)
    }

    private func passed(_ outcome: CheckOutcome) -> String {
        if case .passed(let line) = outcome { line } else { "\(outcome)" }
    }

    @Test("more than twice the formula at work is a warning")
    func working() throws {
        // 8 cores and an SSD: 17.
        #expect(outcome(active: 34).isPassed)
        let finding = try #require(outcome(active: 35).findings.first)
        #expect(finding.severity == .warning && finding["formula"] == 17)
    }

    @Test("pools that may open more than three times the formula are a remark, where no load was measured")
    func possible() throws {
        #expect(outcome(size: 46).isPassed)
        let found = outcome(size: 47)
        #expect(found.severities == [.info] && found.remedyLines.first == "default_pool_size = 17")
        #expect(found.findings[0].word("judged_by") == "formula")
    }

    @Test("the remedy divides the formula over the pools")
    func divided() {
        let found = outcome(size: 47) { facts in
            facts.poolers["pooler"]?.pools.change { pools in
                pools.append(pools[0])
                pools[1].user = "jobs"
            }
        }
        #expect(found.remedyLines.first == "default_pool_size = 8")
    }

    @Test("connections that are held and not at work allow for more than the formula")
    func ceiling() throws {
        // At work for half of the time: 34 of them keep the machine busy; 3 × 34 less the reserve of 5 may be open.
        let load = SampleFacts.load(inUse: 4, workingShare: 0.5)
        #expect(outcome(size: 97, load: load).isPassed)
        let found = outcome(size: 98, load: load)
        let finding = try #require(found.findings.first)
        #expect(finding.severity == .info && finding["ceiling"] == 34 && finding["connections_in_use"] == 4)
        #expect(finding.word("judged_by") == "measured load" && finding.word("load_confidence") == "high")
        // Erlang C: 4 in use take 9 for at most 5 % to wait.
        #expect(finding["load_needs"] == 9 && found.remedyLines == ["default_pool_size = 9", "RELOAD;"])
        #expect(finding.message.contains("50 % of the time") && finding.message.contains("5 min (confidence high)"))
    }

    @Test("a load that needs more than the machine can use is not told to have too large a pool")
    func needed() {
        #expect(outcome(size: 60, load: SampleFacts.load(inUse: 20)).isPassed)
        #expect(outcome(size: 60, load: SampleFacts.load(inUse: 2)).severities == [.info])
    }

    @Test(
        "a load that says too little leaves the formula to decide, and why",
        arguments: [
            (SampleFacts.load(inUse: 4, window: 29), "was watched for 29 s only"),
            (SampleFacts.load(inUse: 4, arrivals: 99), "99 transactions in 5 min are too few"),
            (SampleFacts.load(inUse: 4, resets: 1), "began anew"),
            (SampleFacts.load(inUse: 4, waiting: 0.2), "clients waited at 20 %"),
            (SampleFacts.load(inUse: 4, parts: [0, 0, 0, 0, 0, 24]), "differed between parts"),
            (Known.unknown(why: "nobody looked"), "nobody looked"),
        ])
    func fallback(load: Known<LoadMeasurement>, reason: String) throws {
        let finding = try #require(outcome(size: 47, load: load).findings.first)
        #expect(finding.word("judged_by") == "formula" && finding["load_needs"] == nil)
        #expect(finding.message.contains(reason), "\(finding.message)")
        #expect(passed(outcome(load: load)).contains(reason))
    }

    @Test("poolers are judged together, and each is told what its own load needs")
    func together() throws {
        let found = outcome(size: 40, load: SampleFacts.load(inUse: 4)) { facts in
            facts.poolers["second"] = facts.poolers["pooler"]
            facts.poolers["second"]?.load = SampleFacts.load(inUse: 1)
        }
        let finding = try #require(found.findings.first)
        #expect(finding["pool_connections_possible"] == 90 && finding["connections_in_use"] == 5)
        let lines = found.remedyLines
        #expect(lines.contains("; pooler") && lines.contains("; second"))
        // The first needs 9, of which half of 17 are there for it; the second needs 4.
        #expect(finding["load_needs"] == 13)
        #expect(lines.filter { $0.hasPrefix("default") } == ["default_pool_size = 8", "default_pool_size = 4"])
    }

    @Test("a size of its own is changed where it is set")
    func own() {
        let found = outcome(size: 90, load: SampleFacts.load(inUse: 1)) { facts in
            facts.poolers["pooler"]?.config.change { $0.values["default_pool_size"] = "20" }
        }
        #expect(found.remedyLines.contains("shop = host=10.0.0.1 port=5432 dbname=shop pool_size=4"))
        #expect(!found.remedyLines.contains { $0.hasPrefix("default_pool_size") })
    }

    @Test("without a pooler the server's own counters say the load")
    func direct() {
        let line = passed(
            outcome { facts in
                facts.poolers = [:]
                facts.server.change { $0.load = SampleFacts.load(inUse: 3, user: "", origin: .postgres) }
            })
        #expect(line.contains("3 connections in use on average, measured over 5 min (confidence medium)"), "\(line)")
    }

    @Test("of several servers nobody knows which pool leads to which: what pools may open is no matter")
    func severalServers() {
        #expect(outcome(size: 200) { $0.servers = ["db2": SampleFacts.goodServer] }.isPassed)
    }

    @Test("without the number of cores it is not judged")
    func unknown() {
        #expect(outcome(cores: nil).isUnknown)
    }
}
