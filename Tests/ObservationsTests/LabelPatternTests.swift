import Observations
import TestSupport
import Testing

/// The sentence with which a pattern is refused; nil for one that is accepted.
private func refusal(_ text: String) -> String? {
    do {
        _ = try LabelPattern(text)
        return nil
    } catch {
        return error.sentence
    }
}

@Suite("Patterns of label rules")
struct LabelPatternTests {
    @Test(
        "a pattern matches the whole value or not at all",
        arguments: [
            ("web", "web", true), ("web", "web-1", false), ("web", "my web", false), ("", "", true), ("", "x", false),
            ("web|worker|psql", "worker", true), ("a|ab", "ab", true), ("web|worker", "web|worker", false),
            (#"web-[0-9a-f]+-\w+"#, "web-7f9c-x_Z9", true), (#"web-[0-9a-f]+-\w+"#, "web-7g-x", false),
            (#"\d{2,3}"#, "12", true), (#"\d{2,3}"#, "1234", false), (#"\d{2,}"#, "123456", true),
            (#"\D+"#, "12", false), (#"[^\d.]+"#, "a.b", false), (#"[\w.-]+"#, "a.b-c", true),
            ("[]a]+", "]a]", true), ("[^]a]+", "bc", true), ("[a-c-]+", "b-", true), ("[-a]", "-", true),
            (#"[\]\\]+"#, #"]\"#, true), ("[[:alpha:]_]+", "aZ_", true), ("[[]x", "[x", true),
            (".", "é", true), (".{2}", "🐘é", true), ("[é-ü]+", "öê", true), ("a.b", "a\nb", true),
            ("(?i)WEB-[a-c]", "web-B", true), ("(?:ab)+", "abab", true), ("^web$", "web", true), ("a^b", "a^b", false),
            (#"a\^b\$"#, "a^b$", true), (#"\ba\b.*"#, "a b", true), (#"\ba\b.*"#, "ab", false),
            ("(a*)*b", "aaab", true), ("(a|)+", "aa", true), ("()*", "", true), ("a??b", "b", true),
            ("}", "}", true), ("a]", "a]", true), (#"\{\}"#, "{}", true), (#"\t"#, "\t", true), ("x{0}", "", true),
            ("a\u{0}b", "a\u{0}b", true), (#"\S+"#, "a b", false), (#"\/\-\_"#, "/-_", true),
        ])
    func matching(pattern: String, value: String, matches: Bool) throws {
        #expect(try LabelPattern(pattern).matches(value) == matches)
    }

    @Test(
        "groups hold what the first way to match gives them",
        arguments: [
            ("(a|ab)(c|bcd)?", "abcd", ["abcd", "a", "bcd"]), ("(.*)-(.*)", "a-b-c", ["a-b-c", "a-b", "c"]),
            ("(.*?)-(.*)", "a-b-c", ["a-b-c", "a", "b-c"]), ("(a)|(b)", "b", ["b", "", "b"]),
            ("(?:x(y))+", "xyxy", ["xyxy", "y"]), ("((🐘)é)", "🐘é", ["🐘é", "🐘é", "🐘"]),
        ])
    func groups(pattern: String, value: String, groups: [String]) throws {
        #expect(try LabelPattern(pattern).groups(in: value) == groups)
    }

    @Test(
        "what is not supported is refused",
        arguments: [
            ("a(", "parenthesis that is not closed"), ("a)", "closing parenthesis too many"),
            ("a)|(b", "closing parenthesis too many"), ("[a", "bracket that is not closed"),
            ("[]", "bracket that is not closed"), ("*a", "nothing before it to repeat"),
            ("(+)", "nothing before it to repeat"), ("a|?", "nothing before it to repeat"),
            ("a**", "two repetitions in a row"), ("a{2}{3}", "two repetitions in a row"), ("^*", "match no character"),
            ("a{", "begins no repetition"), ("a{3,2}", "begins no repetition"), ("a{1001}", "begins no repetition"),
            ("{2}", "nothing before it to repeat"), ("a{x}", "begins no repetition"),
            (#"(a)\1"#, "back-references are not supported"), ("(?=a)", "look-around"), ("(?!a)b", "look-around"),
            ("(?P<n>a)", "look-around, names and flags"), ("a(?i)b", "flags"), (#"\pL"#, "is not supported"),
            (#"\z"#, "is not supported"), (#"[\D]"#, "in brackets"), ("[b-a]", "range in brackets"),
            ("[a-\\d]", "range in brackets"), ("[[:nope:]]", "class in brackets"), ("a\\", "ends with a backslash"),
            ("(a{1000}){1000}", "more than 2000 parts"), ("((){1000}){1000}", "more than 2000 parts"),
            ("(?:(?:(?:){1000}){1000}){1000}", "more than 2000 parts"),
            (String(repeating: "a", count: 501), "longer than 500 characters"),
            (String(repeating: "(", count: 200) + String(repeating: ")", count: 200), "more than 50 groups"),
        ])
    func refused(pattern: String, reason: String) throws {
        let sentence = try #require(refusal(pattern))
        #expect(sentence.contains(reason))
    }

    @Test("random patterns match what the standard library's engine matches", arguments: 0..<4 as Range<UInt64>)
    func oracle(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var matched = 0
        for _ in 0..<300 {
            let text = Self.pattern(depth: 3, &random)
            let (ours, theirs) = (try LabelPattern(text), try Regex(text))
            for _ in 0..<10 {
                let length = Int.random(in: 0...6, using: &random)
                let value = String((0..<length).map { _ in "abc".randomElement(using: &random) ?? "a" })
                let expected = try theirs.wholeMatch(in: value) != nil
                #expect(ours.matches(value) == expected, "\(text) on \(value)")
                matched += expected ? 1 : 0
            }
        }
        #expect(matched > 200)
    }

    private static func pattern(depth: Int, _ random: inout SeededRandom) -> String {
        func deeper() -> String { pattern(depth: depth - 1, &random) }
        switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &random) {
        case 0: return "a"
        case 1: return "[ab]"
        case 2: return "."
        case 3: return "b"
        case 4: return deeper() + deeper()
        case 5: return "(\(deeper())|\(deeper()))"
        case 6: return "(\(deeper()))" + (["*", "+", "?", "{1,3}", "*?", "{2}"].randomElement(using: &random) ?? "*")
        default: return "(?:\(deeper())|)" + deeper()
        }
    }

    @Test(
        "no value makes a match expensive: patterns over which other engines run for ever are done at once",
        arguments: ["(a*)*b", "(a|a)*b", "(.*)(.*)(.*)(.*)(.*)x", "(a|b)*a(a|b){100}", "((a?){50}a{50})*c"])
    func hostile(pattern: String) throws {
        let pattern = try LabelPattern(pattern)
        let value = String(repeating: "a", count: LabelRules.valueLimit)
        #expect(!pattern.matches(value + "!"))
    }
}

@Suite("Label rules")
struct LabelRulesTests {
    private func rule(
        _ label: LabelRules.Label, _ action: LabelRule.Action, _ pattern: String? = nil, to replacement: String = ""
    ) throws -> LabelRule {
        let pattern = try pattern.map { text throws(LabelPatternError) in try LabelPattern(text) }
        return LabelRule(
            label, action, pattern: pattern,
            replacement: try LabelReplacement(replacement, groupCount: pattern?.groupCount ?? 0))
    }

    @Test("rules are applied in order, each to what the one before has made")
    func order() throws {
        let rules = LabelRules([
            try rule(.applicationName, .replace, #"(web)-[0-9a-f]+-(\w+)"#, to: "$1/${2}$$"),
            try rule(.applicationName, .keep, #"web/.*|psql|.*\$"#), try rule(.user, .drop),
            try rule(.database, .drop, "tmp_.*"), try rule(.waitEvent, .replace, to: "<$0>"),
        ])
        #expect(rules.rewrite("web-7f-shop", of: .applicationName) == "web/shop$")
        #expect(rules.rewrite("psql", of: .applicationName) == "psql")
        #expect(rules.rewrite("cron", of: .applicationName) == "other")
        #expect(rules.rewrite("", of: .applicationName) == "other")
        #expect(rules.rewrite("anybody", of: .user) == "")
        #expect(rules.rewrite("tmp_7", of: .database) == "" && rules.rewrite("shop", of: .database) == "shop")
        #expect(rules.rewrite("ClientRead", of: .waitEvent) == "<ClientRead>")
        #expect(rules.rewrite("10.0.0.1", of: .clientAddress) == "10.0.0.1")
    }

    @Test("rows are rewritten; what is NULL stays NULL, and the names on the server are kept for limits")
    func rows() throws {
        let rules = LabelRules([
            try rule(.applicationName, .keep, "web"), try rule(.user, .drop), try rule(.database, .replace, to: "db"),
            try rule(.clientAddress, .replace, #"(\d+)\..*"#, to: "$1"), try rule(.waitEvent, .drop),
        ])
        var rows = [
            ActivityRow(
                pid: 1, database: "shop", user: "app", applicationName: "x", waitEventType: "Client",
                waitEvent: "ClientRead", clientAddress: "10.0.0.1"),
            ActivityRow(pid: 2, backendType: "checkpointer"),
        ]
        let background = rows[1]
        rules.apply(to: &rows)
        #expect(rows[0].applicationName == "other" && rows[0].user == "" && rows[0].database == "db")
        #expect(rows[0].clientAddress == "10" && rows[0].waitEvent == "" && rows[0].waitEventType == "Client")
        #expect(rows[0].serverUser == "app" && rows[0].serverDatabase == "shop")
        #expect(rows[1] == background)
        #expect(rows[0].isClientBackend)
    }

    @Test("values stay short, however often a rule doubles them")
    func length() throws {
        let rules = LabelRules(Array(repeating: try rule(.user, .replace, "(.*)", to: "$1$1$1$1"), count: 50))
        #expect(rules.rewrite("é", of: .user).unicodeScalars.count == LabelRules.valueLimit)
        #expect(rules.rewrite(String(repeating: "x", count: 10_000), of: .user).utf8.count == LabelRules.valueLimit)
    }

    @Test("rules are equal when they say the same, whatever they have met")
    func equality() throws {
        let (one, two) = (LabelRules([try rule(.user, .drop, "a")]), LabelRules([try rule(.user, .drop, "a")]))
        _ = one.rewrite("a", of: .user)
        #expect(one == two)
        #expect(one != LabelRules([try rule(.user, .drop, "b")]))
        #expect(one != LabelRules())
    }

    @Test(
        "a replacement names groups that there are",
        arguments: ["$2", "$x", "$1x", "${1", "$", "${}", "$-1", "$99999999999999999999", "${1x}"])
    func replacements(text: String) throws {
        #expect(throws: LabelPatternError.self) { try LabelReplacement(text, groupCount: 1) }
    }
}
