import Foundation
import Observations
import Testing

@testable import Agent

@Suite("The guard in the configuration")
struct ConfigurationGuardTests {
    private func guards(_ text: String) throws -> [GuardSettings] {
        try ConfigurationFile.parse(text, file: "/etc/poolscope/p.yml").targets.map(\.guardSettings)
    }

    private static let policy = "{name: a, when: statement, longer_than: 5m, action: cancel}"

    @Test("it is off unless something else is written")
    func off() throws {
        #expect(try guards("targets: [{dsn: host=a}]") == [GuardSettings()])
        let settings = try #require(
            try guards("guard: {policies: [\(Self.policy)]}\ntargets: [{dsn: host=a}]").first)
        #expect(settings.mode == .off && settings.policies.count == 1 && settings.rateLimit == 5)
        let target = try ConfigurationFile.parse(
            "guard: {policies: [\(Self.policy)]}\ntargets: [{dsn: host=a}]", file: "p.yml"
        ).targets[0]
        #expect(!target.isGuarded)
    }

    @Test("all that can be written is read, and a target leaves out what the top says")
    func full() throws {
        let settings = try guards(
            """
            guard:
              mode: dry_run
              rate_limit: 3
              audit_log: guard.log
              policies:
                - name: idle-checkout
                  when: idle_in_transaction
                  longer_than: 10m
                  action: terminate
                  mode: enforce
                  applications: {only: [checkout, "*-job"], except: [night-job]}
                  users: {except: [boss]}
                  databases: {only: [shop]}
                  targets: {only: ["ma*"]}
                - {name: leaks, when: leaked_idle, longer_than: 1h, action: terminate}
            targets:
              - {dsn: host=a, name: main}
              - {dsn: host=b, name: other, guard: {mode: off}}
              - dsn: host=c
                guard: {mode: enforce, audit_log: /var/log/c.log, policies: [\(Self.policy)]}
              - {dsn: host=d, kind: pgbouncer}
            """)
        #expect(settings.map(\.mode) == [.dryRun, .off, .enforce, .dryRun])
        #expect(settings.map(\.rateLimit) == [3, 3, 3, 3])
        #expect(settings[0].auditLog == "/etc/poolscope/guard.log" && settings[2].auditLog == "/var/log/c.log")
        #expect(settings[1].policies == settings[0].policies && settings[2].policies.map(\.name) == ["a"])
        let policy = settings[0].policies[0]
        #expect(policy.name == "idle-checkout" && policy.trigger == .idleInTransaction && policy.longerThan == 600)
        #expect(policy.action == .terminate && policy.mode == .enforce)
        #expect(policy.applications.only?.map(\.text) == ["checkout", "*-job"])
        #expect(policy.applications.except.map(\.text) == ["night-job"] && policy.users.only == nil)
        #expect(settings[0].policies(for: "main").map(\.name) == ["idle-checkout", "leaks"])
        #expect(settings[0].policies(for: "other").map(\.name) == ["leaks"])
    }

    @Test("a PgBouncer is never guarded")
    func pooler() throws {
        let configuration = try ConfigurationFile.parse(
            "guard: {mode: enforce, policies: [\(Self.policy)]}\ntargets: [{dsn: host=a, kind: pgbouncer}, {dsn: host=b}]",
            file: "p.yml")
        #expect(configuration.targets.map(\.isGuarded) == [false, true])
    }

    @Test(
        "a mistake has its sentence",
        arguments: [
            ("guard: on", "guard: must be a mapping, “key: value” on each line"),
            ("guard: {mod: dry_run}", "guard.mod: is not a key of the guard; did you mean “mode”?"),
            ("guard: {mode: dryrun}", "guard.mode: “dryrun” is not a mode of the guard; did you mean “dry_run”?"),
            (
                "guard: {mode: yes}", "guard.mode: “yes” is a boolean in YAML; if it is meant as text, put it in quotes"
            ),
            (
                "guard: {mode: enforce}",
                "guard: is in mode enforce and has no policies; write some, or mode: off"
            ),
            ("guard: {rate_limit: 0}", "guard.rate_limit: “0” is not a whole number from 1 to 1000"),
            ("guard: {audit_log: ''}", "guard.audit_log: is empty; write the path of a file, or leave the key out"),
            ("guard: {policies: idle}", "guard.policies: must be a list, each item on a line that begins with “-”"),
            (
                "guard: {policies: [{name: a b, when: statement, longer_than: 5m, action: cancel}]}",
                "guard.policies[0].name: “a b” is not a name; use 1 to 63 letters, digits and _ . : -"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m}]}",
                "guard.policies[0].action: is missing; write cancel or terminate"
            ),
            (
                "guard: {policies: [{name: a, when: statements, longer_than: 5m, action: cancel}]}",
                "guard.policies[0].when: “statements” is not something that a policy is for; did you mean “statement”?"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_then: 5m, longer_than: 5m, action: cancel}]}",
                "guard.policies[0].longer_then: is not a key of a policy; did you mean “longer_than”?"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 500ms, action: cancel}]}",
                "guard.policies[0].longer_than: “500ms” is too short; the least is 1s"
            ),
            (
                "guard: {policies: [{name: a, when: leaked_idle, longer_than: 5s, action: terminate}]}",
                "guard.policies[0].longer_than: “5s” is too short; the least is 10s"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 169h, action: cancel}]}",
                "guard.policies[0].longer_than: “169h” is too long; the most is 168h"
            ),
            (
                "guard: {policies: [{name: a, when: idle_in_transaction, longer_than: 5m, action: cancel}]}",
                "guard.policies[0].action: cancel ends a statement, and with when: idle_in_transaction none runs; write "
                    + "terminate, which ends the session"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: kill}]}",
                "guard.policies[0].action: “kill” is not an action; write cancel or terminate"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: cancel, users: [app]}]}",
                "guard.policies[0].users: must be a mapping, “key: value” on each line"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: cancel, users: {deny: [app]}}]}",
                "guard.policies[0].users.deny: is not a key of lists of names, where “only” says whom the policy is for "
                    + "and “except” whom it leaves alone; its keys are only, except"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: cancel, users: {only: []}}]}",
                "guard.policies[0].users.only: is an empty list; name somebody, or leave it out"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: cancel, users: {only: [*a]}}]}",
                "guard.policies[0].users.only[0]: begins with “*”, a YAML alias; write the value out, or put it in quotes"
            ),
            (
                "guard: {policies: [{name: a, when: statement, longer_than: 5m, action: cancel, users: {}}]}",
                "guard.policies[0].users: is empty; write only: or except: in it, or leave it out for all"
            ),
            (
                "guard: {policies: [\(policy), \(policy)]}",
                "guard.policies[1].name: “a” is already the name of guard.policies[0]"
            ),
        ])
    func mistakes(line: String, sentence: String) {
        #expect(problems("\(line)\ntargets: [{dsn: host=a}]") == ["p.yml:1: \(sentence)"])
        #expect(problems("targets:\n- dsn: host=a\n  \(line)") == ["p.yml:3: targets[0].\(Self.inTarget(sentence))"])
    }

    private static func inTarget(_ sentence: String) -> String {
        sentence.replacing("name of guard", with: "name of targets[0].guard")
    }

    @Test("a guard where there is nothing to guard is a mistake")
    func misplaced() {
        #expect(
            problems("targets:\n- {dsn: host=a, kind: pgbouncer, guard: {mode: enforce, policies: [\(Self.policy)]}}")
                == [
                    "p.yml:2: targets[0].guard: is for PostgreSQL servers, whose sessions it ends; this is a PgBouncer"
                ])
        let named = Self.policy.dropLast() + ", targets: {only: [mian]}}"
        #expect(
            problems("guard: {policies: [\(named)]}\ntargets: [{dsn: host=a, name: main}]") == [
                "p.yml:1: guard: policy a names the target “mian” and there is none; did you mean “main”?"
            ])
        #expect(
            problems("targets:\n- {dsn: host=a, name: mian, guard: {policies: [\(named)]}}") == [
                "p.yml:2: targets[0].guard: has a policy with targets:; that is for the guard at the top, this one is "
                    + "this target's"
            ])
    }

    @Test("the example of docs/guard.md is valid, and a dry run")
    func documentation() throws {
        let root = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        let document = try String(contentsOfFile: "/\(root)/docs/guard.md", encoding: .utf8)
        let example = document.components(separatedBy: "```yaml\n")[1].components(separatedBy: "```")[0]
        #expect(problems(example) == [])
        #expect(try guards(example).map(\.mode) == [.dryRun])
    }

    @Test("lists beyond their limits are one problem, and so is a name that is too long")
    func limits() {
        let policies = (0..<51).map { "{name: a\($0), when: statement, longer_than: 1m, action: cancel}" }
        #expect(
            problems("guard: {policies: [\(policies.joined(separator: ", "))]}\ntargets: [{dsn: host=a}]") == [
                "p.yml:1: guard.policies: has 51 items; at most 50 are possible"
            ])
        let names = Array(repeating: "x", count: 101).joined(separator: ", ")
        let long = String(repeating: "x", count: 129)
        let policy = Self.policy.dropLast() + ", users: {only: [\(names)]}, databases: {except: [\(long)]}}"
        #expect(
            problems("guard: {policies: [\(policy)]}\ntargets: [{dsn: host=a}]") == [
                "p.yml:1: guard.policies[0].users.only: has 101 items; at most 100 are possible",
                "p.yml:1: guard.policies[0].databases.except[0]: must have at most 128 characters",
            ])
    }
}
