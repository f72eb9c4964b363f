import Advisor
import Testing

@testable import Agent

@Suite("Snoozed checks in a configuration")
struct ConfigurationChecksTests {
    private func configuration(_ snooze: String) throws -> AgentConfiguration {
        try ConfigurationFile.parse(
            "checks:\n  snooze:\n\(snooze)\ntargets:\n- {name: main, dsn: host=a, memory: 2GiB}", file: "p.yml")
    }

    @Test("they are read, for one target or for all")
    func good() throws {
        let configuration = try configuration(
            """
              - {check: idle-share, until: 2027-01-31, reason: load test, target: main}
              - {check: keepalives, until: "2027-02-28", reason: "yes"}
            """)
        let day = try #require(CalendarDay("2027-01-31"))
        #expect(
            configuration.snoozes.first
                == CheckSnooze(check: "idle-share", target: "main", until: day, reason: "load test"))
        #expect(configuration.snoozes.count == 2 && configuration.snoozes[1].target == nil)
        #expect(configuration.targets[0].memoryBytes == 2 << 30)
    }

    @Test(
        "what is wrong is told in a sentence",
        arguments: [
            (
                "check: idle-shair, until: 2027-01-31, reason: x",
                "p.yml:3: checks.snooze[0].check: “idle-shair” is not a check; did you mean “idle-share”?"
            ),
            (
                "check: nothing, until: 2027-01-31, reason: x",
                "p.yml:3: checks.snooze[0].check: “nothing” is not a check; docs/checks.md has all of them"
            ),
            (
                "check: idle-share, until: 2027-02-30, reason: x",
                "p.yml:3: checks.snooze[0].until: “2027-02-30” is not a day; write for example 2027-01-31"
            ),
            (
                "check: idle-share, until: 2027-01-31",
                "p.yml:3: checks.snooze[0].reason: is missing; say why, so that whoever reads the report knows"
            ),
            (
                "check: idle-share, reason: x",
                "p.yml:3: checks.snooze[0].until: is missing; write the last day, for example until: 2027-01-31; "
                    + "nothing sleeps for ever"
            ),
            (
                "check: idle-share, until: 2027-01-31, reason: x, target: mian",
                "p.yml:3: checks.snooze[0].target: “mian” is not the name of a target of this file; "
                    + "did you mean “main”?"
            ),
            (
                "check: idle-share, untill: 2027-01-31, until: 2027-01-31, reason: x",
                "p.yml:3: checks.snooze[0].untill: is not a key of a snooze; did you mean “until”?"
            ),
        ])
    func wrong(_ snooze: String, _ sentence: String) {
        do throws(ConfigurationError) {
            _ = try ConfigurationFile.parse(
                "checks:\n  snooze:\n  - {\(snooze)}\ntargets:\n- {name: main, dsn: host=a}", file: "p.yml")
            Issue.record("it was taken")
        } catch {
            #expect(error.problems.map(\.description) == [sentence])
        }
    }

    @Test("a size of memory that is none is told")
    func memory() {
        for (text, sentence) in [
            ("16", "“16” is not a size; write for example 16GiB"), ("1KiB", "“1KiB” is not from 64MiB to 1024TiB"),
        ] {
            do throws(ConfigurationError) {
                _ = try ConfigurationFile.parse("targets:\n- {dsn: host=a, memory: \(text)}", file: "p.yml")
                Issue.record("\(text) was taken")
            } catch {
                #expect(error.problems.map(\.description) == ["p.yml:2: targets[0].memory: \(sentence)"])
            }
        }
    }
}
