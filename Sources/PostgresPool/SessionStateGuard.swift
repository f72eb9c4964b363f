/// Knows statements that set up state of the session, which a transaction pooler would give to somebody else. Pure.
///
/// It looks at the key words of each statement, with comments and quoted text left out, in the first 16 KiB of the text.
/// What a function does, such as `set_config` or one of the user's own, and `SELECT … INTO TEMP` it cannot know.
enum SessionStateGuard {
    static let scannedBytes = 16 << 10

    /// One sentence; nil when nothing is known against the text.
    static func refusal(of sql: String) -> String? {
        for words in StatementWords.split(sql.utf8.prefix(scannedBytes)) {
            if let what = sessionState(in: words) {
                return "\(what) sets up state of the session, which does not hold through a transaction pooler"
            }
        }
        return nil
    }

    /// What the statement is called in the message.
    private static func sessionState(in words: [String]) -> String? {
        guard let first = words.first else { return nil }
        let second = words.dropFirst().first ?? ""
        switch first {
        case "SET" where !["LOCAL", "TRANSACTION", "CONSTRAINTS"].contains(second): return "SET without LOCAL"
        case "RESET", "DISCARD", "LISTEN", "UNLISTEN", "LOAD", "DEALLOCATE": return first
        case "PREPARE" where second != "TRANSACTION": return "PREPARE"
        case "DECLARE" where contains(words, "WITH", "HOLD"): return "DECLARE … WITH HOLD"
        case "CREATE" where isTemporary(words) && !contains(words, "COMMIT", "DROP"):
            return "CREATE TEMPORARY without ON COMMIT DROP"
        default: return words.contains(where: advisoryLocks.contains) ? "an advisory lock of the session" : nil
        }
    }

    private static func isTemporary(_ words: [String]) -> Bool {
        ["TEMP", "TEMPORARY"].contains(
            words.dropFirst().first { !["OR", "REPLACE", "LOCAL", "GLOBAL"].contains($0) } ?? "")
    }

    private static func contains(_ words: [String], _ first: String, _ second: String) -> Bool {
        zip(words, words.dropFirst()).contains { $0 == (first, second) }
    }

    private static let advisoryLocks: Set<String> = [
        "PG_ADVISORY_LOCK", "PG_ADVISORY_LOCK_SHARED", "PG_TRY_ADVISORY_LOCK", "PG_TRY_ADVISORY_LOCK_SHARED",
    ]
}
