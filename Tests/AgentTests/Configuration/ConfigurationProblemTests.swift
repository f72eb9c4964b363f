import Testing

@testable import Agent

@Suite("A configuration file that is wrong")
struct ConfigurationProblemTests {
    @Test("all problems of a file are told together, by line")
    func together() {
        let text = """
            listen: ["127.0.0.1:9719", "127.0.0.1:99999"]
            interval: 5
            targets:
              - name: main
                kind: postgress
                dsn: "host=db1 user=poolscope"
                cores: 0
                intervall: 5s
              - name: main
                dsn: "host=db2 usr=poolscope"
                name: again
                interval: 1 parsec
            color: blue
            """
        #expect(
            problems(text) == [
                "p.yml:1: listen[1]: \"127.0.0.1:99999\" is not a listen address: its port is not a number from 0 to 65535; "
                    + "write it like :9719, 127.0.0.1:9719 or [::1]:9719",
                "p.yml:2: interval: “5” is not a duration; write for example 500ms, 1s or 5m",
                "p.yml:5: targets[0].kind: “postgress” is not a kind of target; did you mean “postgres”?",
                "p.yml:7: targets[0].cores: “0” is not a whole number from 1 to 10000",
                "p.yml:8: targets[0].intervall: is not a key of a target; did you mean “interval”?",
                "p.yml:9: targets[1].name: “main” is already the name of targets[0] (line 4)",
                "p.yml:10: targets[1].dsn: the connection string cannot be read: invalid connection option \"…\"",
                "p.yml:11: targets[1].name: is given again; the first is on line 9",
                "p.yml:12: targets[1].interval: “1 parsec” is not a duration; write for example 500ms, 1s or 5m",
                "p.yml:13: color: is not a key of the configuration; "
                    + "its keys are listen, web_config_file, interval, slow_threshold, slow_overrides, leak_threshold, series_limit, server_budget, labels, checks, guard, targets",
            ])
    }

    @Test(
        "a value that is wrong has its sentence",
        arguments: [
            ("name: my db", "name: “my db” is not a name; use 1 to 63 letters, digits and _ . : -"),
            ("name: ''", "name: “” is not a name; use 1 to 63 letters, digits and _ . : -"),
            ("name: [a]", "name: must be a single value, not a list or a mapping"),
            ("name: {a: b}", "name: must be a single value, not a list or a mapping"),
            ("name:", "name: has no value; write one, or leave the key out"),
            ("name: ~", "name: has no value; write one, or leave the key out"),
            ("name: on", "name: “on” is a boolean in YAML; if it is meant as text, put it in quotes"),
            ("name: *main", "name: begins with “*”, a YAML alias; write the value out, or put it in quotes"),
            ("name: !!binary aGk=", "name: has a YAML tag; write the value without “!”"),
            ("kind: mysql", "kind: “mysql” is not a kind of target; write postgres or pgbouncer"),
            ("cluster: ''", "cluster: must have 1 to 128 characters"),
            ("cluster: \"a\\nb\"", "cluster: has a line end or another control character in it; remove it"),
            ("cores: eight", "cores: “eight” is not a whole number from 1 to 10000"),
            ("cores: -1", "cores: “-1” is not a whole number from 1 to 10000"),
            ("cores: 1.5", "cores: “1.5” is not a whole number from 1 to 10000"),
            ("cores: 10001", "cores: “10001” is not a whole number from 1 to 10000"),
            (
                "cores: 99999999999999999999",
                "cores: “99999999999999999999” is not a whole number from 1 to 10000"
            ),
            ("spindles: ''", "spindles: “” is not a whole number from 0 to 10000"),
            ("spindles: true", "spindles: “true” is a boolean in YAML; if it is meant as text, put it in quotes"),
            ("password_file: ''", "password_file: is empty; write the path of a file, or leave the key out"),
            ("interval: 50ms", "interval: “50ms” is too short; the least is 100ms"),
            ("interval: 1h1s", "interval: “1h1s” is too long; the most is 1h"),
            ("interval: -1s", "interval: “-1s” is not a duration; write for example 500ms, 1s or 5m"),
            ("interval: a rather long time", "interval: is not a duration; write for example 500ms, 1s or 5m"),
            ("dsn: host=b", "dsn: is given again; the first is on line 2"),
            ("'dsn': host=b", "dsn: is given again; the first is on line 2"),
            ("\"dsn\": host=b", "dsn: is given again; the first is on line 2"),
            ("password: x", "password: is not a key of a target; did you mean “password_file”?"),
            ("passwordFile: x", "passwordFile: is not a key of a target; did you mean “password_file”?"),
            ("NAME: x", "NAME: is not a key of a target; did you mean “name”?"),
            (
                "url: x",
                "url: is not a key of a target; "
                    + "its keys are name, kind, dsn, cluster, cores, spindles, memory, password_file, interval, "
                    + "slow_threshold, slow_overrides, leak_threshold, series_limit, server_budget, labels, guard"
            ),
        ])
    func value(line: String, sentence: String) {
        #expect(problems("targets:\n- dsn: host=a\n  \(line)") == ["p.yml:3: targets[0].\(sentence)"])
    }

    @Test(
        "a key that is no key has its sentence",
        arguments: [
            (
                "x y: 1",
                "what stands before the colon is not a key of a target; "
                    + "its keys are name, kind, dsn, cluster, cores, spindles, memory, password_file, interval, "
                    + "slow_threshold, slow_overrides, leak_threshold, series_limit, server_budget, labels, guard"
            ),
            ("? [a]\n  : 1", "has a key that is not text"),
            ("*a : 1", "has a key that begins with “*”, a YAML alias; write the value out, or put it in quotes"),
        ])
    func key(line: String, sentence: String) {
        #expect(problems("targets:\n- dsn: host=a\n  \(line)") == ["p.yml:3: targets[0]: \(sentence)"])
    }

    @Test(
        "a file of the wrong shape has its sentence",
        arguments: [
            ("", "p.yml: the file is empty; it must name at least one target under “targets”"),
            ("# only this\n", "p.yml: the file is empty; it must name at least one target under “targets”"),
            ("~", "p.yml: the file is empty; it must name at least one target under “targets”"),
            ("- a", "p.yml:1: the configuration must be a mapping, “key: value” on each line"),
            ("hello", "p.yml:1: the configuration must be a mapping, “key: value” on each line"),
            ("\ninterval: 1s", "p.yml:2: targets: is missing; name at least one target"),
            ("targets:", "p.yml:1: targets: must be a list, each target on a line that begins with “-”"),
            ("targets: {dsn: a}", "p.yml:1: targets: must be a list, each target on a line that begins with “-”"),
            ("targets: []", "p.yml:1: targets: is an empty list; name at least one target"),
            ("targets: [host=a]", "p.yml:1: targets[0]: must be a mapping, “key: value” on each line"),
            (
                "targets:\n- name: a",
                "p.yml:2: targets[0].dsn: is missing; "
                    + "write for example dsn: “host=db1 user=poolscope dbname=postgres”"
            ),
            ("listen: []\ntargets: [dsn: host=a]", "p.yml:1: listen: must have 1 to 16 addresses"),
            (
                "listen: [\":1\",\n '1']\ntargets: [dsn: host=a]",
                "p.yml:2: listen[1]: :1 is there twice"
            ),
            ("targets: [dsn: host=a]\n---\na: b", "p.yml:2: "),
            ("targets:\n- dsn: \"host=a\n", "p.yml:3: "),
            ("targets: [dsn: host=a\ninterval: 1s", "p.yml:2: "),
            ("\tlisten: a", "p.yml:1: "),
            ("a: b\n c: d", "p.yml:2: "),
            ("targets: \u{1}", "p.yml:1: this is not YAML: control characters are not allowed"),
            ("{[a]: 1, [a]: 2}", "p.yml:1: a key is given more than once"),
            ("a: 1\nb: \u{E000}", "p.yml:2: there is a private-use character; remove it"),
        ])
    func shape(text: String, problem: String) throws {
        let found = problems(text)
        try #require(found.count == 1)
        if problem.hasSuffix(": ") {
            #expect(found[0].hasPrefix(problem + "this is not YAML: "))
        } else {
            #expect(found[0] == problem)
        }
    }

    @Test("a password is given in one place only")
    func twoPasswords() {
        for dsn in ["host=a password=x", "postgresql://u:x@a", "host=a sslpassword=y password=x"] {
            #expect(
                problems("targets:\n- dsn: \(dsn)\n  password_file: pw")
                    == ["p.yml:3: targets[0].password_file: there is a password in dsn already; keep one of the two"])
        }
        #expect(problems("targets:\n- dsn: host=a sslpassword=y\n  password_file: pw") == [])
    }

    @Test("many problems are cut off and counted")
    func many() {
        let found = problems("targets:\n" + String(repeating: "- dsn: host=a\n  cores: x\n", count: 30))
        #expect(found.count == 21)
        #expect(found.first == "p.yml:3: targets[0].cores: “x” is not a whole number from 1 to 10000")
        #expect(found.last == "and 10 more")
    }

    @Test("a target too many is one problem")
    func tooManyTargets() {
        #expect(
            problems("targets:\n" + String(repeating: "- dsn: 5\n", count: 1_001))
                == ["p.yml:2: targets: has 1001 targets; one agent watches at most 1000"])
    }

    @Test("keys that are there three times are told twice, wherever they are")
    func duplicates() {
        let text = "interval: 1s\nlisten: 1\ninterval: 1s\ntargets:\n- {dsn: host=a, dsn: host=b}\ninterval: 1s\n"
        #expect(
            problems(text) == [
                "p.yml:3: interval: is given again; the first is on line 1",
                "p.yml:5: targets[0].dsn: is given again; the first is on line 5",
                "p.yml:6: interval: is given again; the first is on line 1",
            ])
    }

    @Test("duplicates are found behind every kind of line end", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(end: String) {
        let text = ["# ü \u{1F418}", "targets:", "- dsn: host=a", "  dsn: host=a", ""].joined(separator: end)
        #expect(problems(text) == ["p.yml:4: targets[0].dsn: is given again; the first is on line 3"])
    }

    @Test("more duplicates than we care to count are one problem")
    func manyDuplicates() {
        let found = problems("a: 1\n" + String(repeating: "a: 1\n", count: 100))
        #expect(found == ["p.yml:25: 25 keys or more are given more than once; this is one"])
    }
}
