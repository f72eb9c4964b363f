import Foundation
import Observations
import Sessions
import TestSupport
import Testing

@Suite("Audit lines")
struct AuditTests {
    private func line(_ row: SessionRow, _ outcome: ActionOutcome, includesQueryText: Bool = false) -> String {
        AuditLine(
            time: "2026-11-26T21:20:01Z", actor: .init(name: "alice@ops1", role: "ops"), target: "main",
            action: .terminate, result: ActionResult(row, outcome), includesQueryText: includesQueryText
        ).text
    }

    @Test("one line with who, whom, when and what became of it, and no query text")
    func line() {
        var row = session(7, .idleInTransaction, age: 61.5, application: "check\nout\u{1B}\"\\")
        row.query = "SELECT secret"
        row.client = link(7)[row.activity]
        #expect(
            line(row, .done) == """
                {"time":"2026-11-26T21:20:01Z","who":"alice@ops1","role":"ops","target":"main","action":"terminate",\
                "pid":7,"backend_start":"2000-01-01T00:01:40.000000Z","user":"app","database":"shop",\
                "application":"check\\nout\\u001b\\"\\\\","client_address":"10.0.0.7",\
                "behind_pooler":{"application":"checkout","address":"192.0.2.9","user":"app"},\
                "state":"idle in transaction","age_seconds":61.5,"outcome":"done"}
                """)
        #expect(line(row, .done, includesQueryText: true).hasSuffix(#""outcome":"done","query":"SELECT secret"}"#))
    }

    @Test("it is JSON whatever the session calls itself, and holds on one line")
    func hostile() throws {
        for name in ["", "\u{0}\u{7F}\u{2028}\u{202E}\u{FEFF}", "😀\u{200D}", "\u{E000}", "\u{F0000}", "a\"b\\c"] {
            let text = line(session(7, application: name, user: nil, database: nil), .failed("no\nmore"))
            #expect(!text.contains("\n"))
            let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            #expect(object?["application"] as? String == name)
            #expect(object?["detail"] as? String == "no\nmore")
        }
    }

    @Test("every outcome has a word and a sentence of its own")
    func outcomes() {
        let outcomes: [ActionOutcome] =
            [.done, .gone, .reused, .changed, .insufficientPrivilege(advice: "x"), .failed("y")]
            + SpareReason.allCases.map { .refused($0) }
        #expect(Set(outcomes.map(\.sentence)).count == outcomes.count)
        #expect(Set(outcomes.map { $0.word + ($0.detail ?? "") }).count == outcomes.count)
    }

    @Test("a file grows, and only its owner can read a new one; one that cannot be written is a sentence")
    func file() async throws {
        try await withPrivateDirectory { directory in
            let path = directory.path + "/audit.log"
            for number in 1...2 {
                let log = try AuditLog(path: path)
                try log.write(
                    AuditLine(
                        time: "t", actor: .init(name: "a", role: "r"), target: "main", database: "shop",
                        action: "reject_sessions", limitBefore: number, limitAfter: 0))
            }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.split(separator: "\n").count == 2)
            #expect(text.contains(#""limit_before":2,"limit_after":0"#))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(throws: SessionsError.self) { try AuditLog(path: directory.path) }
            let full = try AuditLog(path: "/dev/full")
            let error = #expect(throws: SessionsError.self) {
                try full.write(
                    AuditLine(
                        time: "t", actor: .init(name: "a", role: "r"), target: "main", database: "shop",
                        action: "reject_sessions", limitBefore: 1, limitAfter: 0))
            }
            #expect(error?.description.contains("/dev/full") == true)
        }
    }
}
