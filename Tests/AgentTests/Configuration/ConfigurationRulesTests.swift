import Observations
import Testing

@testable import Agent

@Suite("Thresholds, budgets and label rules in the configuration")
struct ConfigurationRulesTests {
    private func rules(_ text: String) throws -> [SamplingRules] {
        try ConfigurationFile.parse(text, file: "p.yml").targets.map(\.rules)
    }

    @Test("what the top says is for all targets, and what a target says is for itself")
    func levels() throws {
        let rules = try rules(
            """
            slow_threshold: 2s
            slow_overrides:
              - {database: reports, user: batch, threshold: 10m}
              - {database: reports, threshold: 1m}
            leak_threshold: 1m
            series_limit: 50
            server_budget: 0.5 %
            labels:
              - {label: usename, action: drop}
            targets:
              - dsn: host=a
              - dsn: host=b
                slow_threshold: 500ms
                slow_overrides: []
                leak_threshold: 24h
                series_limit: 10000
                server_budget: off
                labels:
                  - label: application_name
                    action: replace
                    regex: "web-[0-9a-f]+-(\\\\w+)"
                    replacement: "web-$1"
                  - label: application_name
                    action: keep
                    regex: web-.*|psql
            """)
        #expect(rules[0].slow.seconds == 2 && rules[0].leakSeconds == 60 && rules[0].seriesLimit == 50)
        #expect(rules[0].serverBudget == 0.005 && rules[1].serverBudget == 0)
        #expect(rules[0].slow.seconds(database: "reports", user: "batch") == 600)
        #expect(rules[0].slow.seconds(database: "reports", user: "app") == 60)
        #expect(rules[0].slow.seconds(database: "shop", user: "batch") == 2)
        #expect(rules[0].labels.rewrite("app", of: .user) == "")
        #expect(rules[1].slow.seconds(database: "reports", user: "batch") == 0.5)
        #expect(rules[1].leakSeconds == 86_400 && rules[1].seriesLimit == 10_000)
        #expect(rules[1].labels.rewrite("app", of: .user) == "app")
        #expect(rules[1].labels.rewrite("web-7f-shop", of: .applicationName) == "web-shop")
        #expect(rules[1].labels.rewrite("cron", of: .applicationName) == "other")
    }

    @Test("what is left out has its default")
    func defaults() throws {
        let defaults = try #require(try rules("targets: [{dsn: host=a}]").first)
        #expect(defaults == SamplingRules())
        #expect(defaults.slow.seconds == 5 && defaults.leakSeconds == 300 && defaults.seriesLimit == 200)
        #expect(defaults.serverBudget == 0.01)
    }

    @Test(
        "a budget is a percentage, a ratio below 1, or none",
        arguments: [
            ("1%", 0.01), ("1 %", 0.01), ("0.01", 0.01), (".5", 0.5), ("100%", 1), ("0.01%", 0.0001), ("0", 0),
            ("0%", 0),
            ("off", 0), ("'off'", 0), ("'2.5 %'", 0.025),
        ])
    func budgets(text: String, share: Double) throws {
        let read = try #require(try rules("server_budget: \(text)\ntargets: [{dsn: host=a}]").first?.serverBudget)
        #expect(abs(read - share) < 1e-12)
    }

    @Test(
        "a mistake has its sentence, at the top and in a target",
        arguments: [
            ("slow_threshold: 0s", "slow_threshold: “0s” is too short; the least is 1ms"),
            ("slow_threshold: 25h", "slow_threshold: “25h” is too long; the most is 24h"),
            ("slow_threshold: 5", "slow_threshold: “5” is not a duration; write for example 500ms, 1s or 5m"),
            ("leak_threshold: 9s", "leak_threshold: “9s” is too short; the least is 10s"),
            ("series_limit: 0", "series_limit: “0” is not a whole number from 1 to 10000"),
            (
                "server_budget: 1",
                "server_budget: “1” could be a percentage or a ratio; write it with %, for example 1%"
            ),
            ("server_budget: 101%", "server_budget: “101%” is not within 0.01% to 100%, or off"),
            ("server_budget: 0.00001", "server_budget: “0.00001” is not within 0.01% to 100%, or off"),
            (
                "server_budget: little",
                "server_budget: “little” is not a share of a core; write for example 1%, 0.01 or off"
            ),
            ("server_budget: -1%", "server_budget: “-1%” is not a share of a core; write for example 1%, 0.01 or off"),
            ("server_budget: \"%\"", "server_budget: “%” is not a share of a core; write for example 1%, 0.01 or off"),
            (
                "server_budget: yes",
                "server_budget: “yes” is a boolean in YAML; if it is meant as text, put it in quotes"
            ),
            ("series_limits: 1", "series_limits: is not a key of {owner}; did you mean “series_limit”?"),
            ("slow_overrides: 5s", "slow_overrides: must be a list, each item on a line that begins with “-”"),
            ("slow_overrides: [5s]", "slow_overrides[0]: must be a mapping, “key: value” on each line"),
            (
                "slow_overrides: [{threshold: 5s}]",
                "slow_overrides[0]: says neither a database nor a user; slow_threshold is for all"
            ),
            ("slow_overrides: [{user: a}]", "slow_overrides[0].threshold: is missing; write for example threshold: 1m"),
            (
                "slow_overrides: [{user: '', threshold: 5s}]", "slow_overrides[0].user: must have 1 to 128 characters"
            ),
            (
                "slow_overrides: [{role: a, user: b, threshold: 5s}]",
                "slow_overrides[0].role: is not a key of an override; its keys are database, user, threshold"
            ),
            ("labels: {label: usename}", "labels: must be a list, each item on a line that begins with “-”"),
            (
                "labels: [{action: drop}]",
                "labels[0].label: is missing; write one of application_name, usename, datname, client_address, "
                    + "wait_event"
            ),
            (
                "labels: [{label: user_name, action: drop}]",
                "labels[0].label: “user_name” is not a label with rules; did you mean “usename”?"
            ),
            (
                "labels: [{label: usename, action: dorp}]",
                "labels[0].action: “dorp” is not an action; did you mean “drop”?"
            ),
            (
                "labels: [{label: usename}]",
                "labels[0].replacement: is missing; write what takes the place of what matches, or action: drop"
            ),
            (
                "labels: [{label: usename, action: keep}]",
                "labels[0].regex: is missing; without it, action: keep would keep everything"
            ),
            (
                "labels: [{label: usename, action: drop, replacement: x}]",
                "labels[0].replacement: is for action: replace; leave it out for drop"
            ),
            (
                "labels: [{label: usename, action: drop, regex: 'a('}]",
                "labels[0].regex: has a parenthesis that is not closed"
            ),
            (
                "labels: [{label: usename, regex: '(?=a)', replacement: x}]",
                "labels[0].regex: has a group that begins with “(?”: look-around, names and flags are not supported, only "
                    + "“(?:” and a leading “(?i)”"
            ),
            (
                "labels: [{label: usename, regex: '(a)', replacement: $2}]",
                "labels[0].replacement: has a “$” before something else than a group of the regex; write $1 or ${1}, "
                    + "and $$ for a dollar sign"
            ),
            (
                "labels: [{label: usename, action: drop, regexp: a}]",
                "labels[0].regexp: is not a key of a label rule; did you mean “regex”?"
            ),
        ])
    func mistakes(line: String, sentence: String) {
        let top = sentence.replacing("{owner}", with: AgentKey.owner)
        let own = sentence.replacing("{owner}", with: TargetKey.owner)
        #expect(problems("\(line)\ntargets: [{dsn: host=a}]") == ["p.yml:1: \(top)"])
        #expect(problems("targets:\n- dsn: host=a\n  \(line)") == ["p.yml:3: targets[0].\(own)"])
    }

    @Test("lists beyond their limits are one problem")
    func limits() {
        let overrides = Array(repeating: "{user: a, threshold: 1s}", count: 101).joined(separator: ", ")
        let labels = Array(repeating: "{label: usename, action: drop}", count: 51).joined(separator: ", ")
        #expect(
            problems("slow_overrides: [\(overrides)]\nlabels: [\(labels)]\ntargets: [{dsn: host=a}]") == [
                "p.yml:1: slow_overrides: has 101 items; at most 100 are possible",
                "p.yml:2: labels: has 51 items; at most 50 are possible",
            ])
    }
}
