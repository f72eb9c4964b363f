import Testing

@testable import Advisor

@Suite("snoozed checks")
struct CheckSnoozeTests {
    private func snooze(_ until: String, target: String? = nil) throws -> CheckSnooze {
        CheckSnooze(check: "idle-share", target: target, until: try #require(CalendarDay(until)), reason: "load test")
    }

    @Test("days are read, and those that there are not are refused")
    func days() throws {
        #expect(CalendarDay("2027-01-31")?.description == "2027-01-31")
        #expect(CalendarDay("2028-02-29") != nil)
        for text in [
            "2027-02-29", "2027-13-01", "2027-1-31", "27-01-31", "2027-01-31 ", "2027-01-00", "1969-12-31",
            "+027-01-31", "",
        ] {
            #expect(CalendarDay(text) == nil, "\(text)")
        }
    }

    @Test("a day ends at its last moment in UTC")
    func end() throws {
        #expect(try #require(CalendarDay("1970-01-01")).end == 86_400)
        // date -u -d 2027-02-01 +%s
        #expect(try #require(CalendarDay("2027-01-31")).end == 1_801_440_000)
        // date -u -d 2028-03-01 +%s
        #expect(try #require(CalendarDay("2028-02-29")).end == 1_835_481_600)
    }

    @Test("it holds for its check, its target and its time")
    func covers() throws {
        let all = try snooze("2027-01-31")
        #expect(all.covers("idle-share", of: "db1", at: 1_801_439_999))
        #expect(!all.covers("idle-share", of: "db1", at: 1_801_440_000))
        #expect(!all.covers("keepalives", of: "db1", at: 0))
        #expect(try !snooze("2027-01-31", target: "db2").covers("idle-share", of: "db1", at: 0))
    }

    @Test("a result that is snoozed keeps its findings, and none of them counts")
    func result() throws {
        let facts = SampleFacts.server { $0.leaks = .known([.init(database: "shop", application: "web", count: 1)]) }
        let snooze = CheckSnooze(
            check: "leaked-connections", until: try #require(CalendarDay("2027-01-31")), reason: "known")
        let result = CheckResult(LeakedConnectionsCheck.self, facts, snoozes: [snooze], at: 0)
        #expect(result.outcome.findings.count == 1 && result.findings.isEmpty && result.snooze == snooze)
        let passed = CheckResult(ReservedSlots.self, facts, snoozes: [snooze], at: 0)
        #expect(passed.snooze == nil)
    }
}
