import TestSupport
import Testing

@testable import Agent

@Suite("A configuration file that means harm")
struct ConfigurationHostilityTests {
    private static let secret = "hunter2-SECRET"

    private static let valid = """
        # The orders database and its pooler.
        listen: ["127.0.0.1:9719", "[::1]:9719"]
        interval: 1s
        slow_threshold: 2s
        slow_overrides: [{database: reports, threshold: 1m}]
        labels:
          - {label: application_name, regex: "(web)-[0-9a-f]{4,}.*", replacement: "$1"}
          - {label: usename, action: drop}
        targets:
          - name: main
            kind: postgres
            dsn: "host=db1 user=poolscope password=\(secret) dbname=postgres"
            cluster: orders
            cores: 8
            spindles: 1
            interval: 5s
            series_limit: 50
            labels: [{label: datname, action: keep, regex: 'shop|orders'}]
          - name: pool
            kind: pgbouncer
            dsn: 'postgresql://stats:\(secret)@db1:6432/pgbouncer?sslmode=prefer'
            cluster: orders
          - {dsn: host=db2 port=5433 user=poolscope, password_file: db2.password, cores: 4}

        """

    @Test("a file with slips in it is a configuration or has problems, and no message has the secret", arguments: 0..<8)
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        #expect(problems(Self.valid) == [])
        var rejected = 0
        for _ in 0..<500 {
            var text = Self.valid
            for _ in 0..<Int.random(in: 1...3, using: &random) { text = Self.mutated(text, &random) }
            do {
                let configuration = try ConfigurationFile.parse(text, file: "p.yml")
                #expect(!configuration.targets.isEmpty && !configuration.listen.isEmpty)
                #expect(Set(configuration.targets.map(\.name)).count == configuration.targets.count)
                #expect(AgentConfiguration.intervalBounds.contains(configuration.interval))
            } catch {
                rejected += 1
                #expect(1...ConfigurationError.limit ~= error.problems.count)
                #expect(!error.description.contains(Self.secret), "in \(text)")
                #expect(!error.description.contains("\u{E000}") && !error.description.contains("\u{E001}"))
            }
        }
        #expect(rejected > 100)
    }

    /// One slip: something lost, doubled, swapped, cut off or typed where it does not belong.
    private static func mutated(_ text: String, _ random: inout SeededRandom) -> String {
        var characters = Array(text)
        guard !characters.isEmpty else { return text }
        let index = Int.random(in: 0..<characters.count, using: &random)
        let end = min(index + Int.random(in: 1...40, using: &random), characters.count)
        let keys =
            AgentKey.allCases.map(\.rawValue) + TargetKey.allCases.map(\.rawValue)
            + LabelRuleKey.allCases.map(\.rawValue)
        let typed = Array("\"'{}[]:,-*&!|>#%@`?\t\n \\\u{0}\u{85}é\u{1F418}0s") + keys.flatMap { Array($0) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: characters.removeSubrange(index..<end)
        case 1: characters.insert(contentsOf: characters[index..<end], at: index)
        case 2: characters.swapAt(index, Int.random(in: 0..<characters.count, using: &random))
        case 3: characters.removeSubrange(index...)
        case 4: characters.remove(at: index)
        case 5: return shuffledLines(text, &random)
        default: characters.insert(typed[Int.random(in: 0..<typed.count, using: &random)], at: index)
        }
        return String(characters)
    }

    /// A line lost, doubled or moved.
    private static func shuffledLines(_ text: String, _ random: inout SeededRandom) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let from = Int.random(in: 0..<lines.count, using: &random)
        let line = Bool.random(using: &random) ? lines.remove(at: from) : lines[from]
        if Bool.random(using: &random) { lines.insert(line, at: Int.random(in: 0...lines.count, using: &random)) }
        return lines.joined(separator: "\n")
    }

    @Test("every beginning of a file is a configuration or has problems")
    func truncations() {
        for length in 0...Self.valid.count {
            let found = problems(String(Self.valid.prefix(length)))
            #expect(!found.contains { $0.contains(Self.secret) })
            #expect(found.count <= ConfigurationError.limit + 1)
        }
    }

    @Test("aliases are refused one by one, so that none of them multiplies")
    func aliasBomb() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        for (letter, next) in zip("abcdefghijkl", "bcdefghijklm") {
            text += "\(next): &\(next) [" + Array(repeating: "*\(letter)", count: 10).joined(separator: ", ") + "]\n"
        }
        let found = problems(text + "? *m\n: x\ntargets: *m\n")
        #expect(
            found.contains(
                "p.yml:14: has a key that begins with “*”, a YAML alias; write the value out, or put it in quotes"))
        #expect(
            found.contains("p.yml:16: targets: begins with “*”, a YAML alias; write the value out, or put it in quotes")
        )
    }

    @Test(
        "depth is bounded",
        arguments: ["[", "{", "- ", "? ", "[{a: ", "!t &a [", "'\": ", "{? "])
    func depth(piece: String) {
        let found = problems("targets: \n" + String(repeating: piece, count: 200_000 / piece.count))
        #expect(found.count == 1 && found[0].contains("this is not YAML"))
    }

    @Test(
        "much of the same is a problem like any other",
        arguments: [
            "a: 1\n", "- a\n", "? a\n", "*a\n", "# *a\n", "a: {a: 1, a: 1}\n", "x\n", "%a\n", "---\n", "'", "\u{85}",
        ])
    func width(piece: String) {
        let found = problems(String(repeating: piece, count: ConfigurationFile.sizeLimit / piece.utf8.count))
        #expect(1...21 ~= found.count)
    }

    @Test("a text beyond the limit is not looked at")
    func size() {
        let text = String(repeating: "#", count: ConfigurationFile.sizeLimit + 1)
        #expect(problems(text) == ["p.yml: the file is larger than 1024 KiB"])
    }

    @Test(
        "a password that YAML or libpq takes for something else is in no message",
        arguments: [
            "dsn: host=a password=x hunter2-SECRET", "dsn: host=a password='hunter2-SECRET",
            "dsn: postgresql://u:%hunter2-SECRET@h", "dsn: postgresql://u:hunter2-SECRET@h:x/",
            "dsn: postgresql://u:a/hunter2-SECRET@h", "dsn: host=a hunter2-SECRET=1", "dsn: [hunter2-SECRET]",
            "dsn: {password: hunter2-SECRET}", "dsn: *hunter2-SECRET", "dsn: &hunter2-SECRET", "dsn: !hunter2-SECRET x",
            "dsn: \"hunter2-SECRET", "dsn: \"\\hunter2-SECRET\"", "password: hunter2-SECRET", "hunter2-SECRET: x",
            "hunter2-SECRET", "dsn: host=a password: hunter2-SECRET",
            "dsn: host=a\n  hunter2-SECRET: 1\n  hunter2-SECRET: 2",
            "kind: hunter2-SECRET", "cores: hunter2-SECRET", "interval: hunter2-SECRET", "name: hunter2-SECRET!",
            "dsn: |\n  host=a password=x\n  hunter2-SECRET", "dsn: %hunter2-SECRET", "dsn: @hunter2-SECRET",
            "slow_threshold: hunter2-SECRET", "series_limit: hunter2-SECRET", "labels: hunter2-SECRET",
            "labels: [{label: hunter2-SECRET, action: drop}]", "labels: [{label: usename, action: hunter2-SECRET}]",
            "labels: [{label: usename, action: drop, regex: '(hunter2-SECRET'}]",
            "labels: [{label: usename, replacement: '$hunter2-SECRET'}]", "labels: [hunter2-SECRET]",
            "slow_overrides: [{hunter2-SECRET: x}]",
        ])
    func secrets(line: String) {
        let found = problems("targets:\n- \(line)\n")
        #expect(!found.isEmpty)
        #expect(!found.contains { $0.contains("hunter2") })
    }
}
