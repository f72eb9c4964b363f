import TestSupport
import Testing

@testable import Agent

@Suite("Names in the guard's policies")
struct GuardNamesTests {
    @Test(
        "a name is meant exactly, and an asterisk is anything",
        arguments: [
            ("web", "web", true), ("web", "web-1", false), ("web", "WEB", false), ("", "", true), ("", "web", false),
            ("*", "", true), ("*", "web", true), ("web-*", "web-", true), ("web-*", "web-1", true),
            ("web-*", "web", false), ("*-job", "night-job", true), ("*-job", "job", false), ("a*a", "a", false),
            ("a*a", "aa", true), ("*b*", "abc", true), ("*b*", "ac", false), ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false), ("a**c", "ac", true), ("*ab*b", "aab", false), ("*ab*b", "abb", true),
            ("ü*", "über", true), ("*.*", "...", true), ("web.", "web1", false),
        ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
    }

    @Test("patterns agree with what an asterisk means, on random words")
    func random() {
        // By definition: an asterisk is nothing, or one character and an asterisk.
        func matches(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == "*" {
                return matches(pattern.dropFirst(), name) || (!name.isEmpty && matches(pattern, name.dropFirst()))
            }
            return name.first == first && matches(pattern.dropFirst(), name.dropFirst())
        }
        var random = SeededRandom(seed: 7)
        func word(_ letters: String, _ length: Int) -> String {
            String((0..<length).compactMap { _ in letters.randomElement(using: &random) })
        }
        for _ in 0..<20_000 {
            let pattern = word("ab*", Int.random(in: 0...6, using: &random))
            let name = word("ab", Int.random(in: 0...8, using: &random))
            #expect(NamePattern(pattern).matches(name) == matches(pattern[...], name[...]), "\(pattern) \(name)")
        }
    }

    @Test("a hostile name against a hostile pattern takes no time to speak of")
    func hostile() {
        let pattern = NamePattern(String(repeating: "*a", count: 64))
        #expect(!pattern.matches(String(repeating: "a", count: 63) + String(repeating: "b", count: 100_000)))
    }

    @Test("without lists everyone is meant; “except” wins over “only”; any of several names counts")
    func lists() {
        let all = GuardNames()
        let some = GuardNames(only: [NamePattern("web-*"), NamePattern("worker")], except: [NamePattern("web-admin")])
        #expect(all.cover(["x"]) && all.cover([""]) && !all.exempt(["x"]))
        #expect(some.cover(["web-1"]) && some.cover(["worker"]) && !some.cover(["psql"]))
        #expect(!some.cover(["web-admin"]) && some.exempt(["web-admin"]) && !some.exempt(["psql"]))
        #expect(some.cover(["pgbouncer", "web-1"]))
        #expect(!some.cover(["web-1", "web-admin"]), "one name that is excepted is enough")
        #expect(!GuardNames(only: []).cover(["x"]))
    }
}
