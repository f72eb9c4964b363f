import Observations
import Sessions
import Testing

@Suite("Sessions as text")
struct SessionTextTests {
    private let rows = [
        session(101, .active, age: 3_725, transaction: 4_000, application: "checkout", blockedBy: [102]),
        session(102, .idleInTransaction, age: 61, transaction: 61, application: "a\u{1B}[31m\u{202E}evil\r\n"),
        session(103, .idle, age: 0.25, application: "漢字アプリ", address: nil),
    ]

    private func lines(width: Int?, hasColour: Bool = false, limit: Int = 10, showsQuery: Bool = false) -> [String] {
        let listing = SessionListing(sampledAt: now, rows: rows)
        return SessionTable(listing.rows, limit: limit, showsQuery: showsQuery)
            .lines(on: TextSurface(width: width, hasColour: hasColour))
    }

    @Test("a table without a terminal: all columns that say something, nothing cut")
    func plain() {
        #expect(
            lines(width: nil) == [
                "PID  USER  DATABASE  APPLICATION                  CLIENT    STATE          AGE    TXN  BLOCKED BY  BLOCKS",
                "101  app   shop      checkout                     10.0.0.7  active       1h02m  1h06m  102",
                #"102  app   shop      a\x1b[31m\u202eevil\x0d\x0a  10.0.0.7  idle in txn  1m01s  1m01s                   1"#,
                "103  app   shop      漢字アプリ                   unix      idle          0.2s",
            ])
    }

    @Test("no line is wider than the terminal, down to what cannot be left out", arguments: [200, 100, 80, 60, 52])
    func widths(width: Int) {
        for line in lines(width: width) { #expect(VisibleText.width(line) <= width, "\(line)") }
        let text = lines(width: width).joined(separator: "\n")
        for word in ["101", "102", "active", "idle in txn", "1h02m", "BLOCKED BY"] { #expect(text.contains(word)) }
    }

    @Test("colours only where asked for, and no escape sequence of anybody else's")
    func colours() {
        #expect(!lines(width: 80).joined().contains("\u{1B}"))
        let coloured = lines(width: 80, hasColour: true).joined(separator: "\n")
        #expect(coloured.contains("\u{1B}[33midle in txn\u{1B}[0m"))
        // The control sequence in the application's name would set the colour without ever resetting it.
        #expect(coloured.matches(of: /\x1B\[31m/).count == coloured.matches(of: /\x1B\[31m[^\x1B]+\x1B\[0m/).count)
        let bare = coloured.replacing(/\x1B\[[0-9]+m/, with: "")
        #expect(bare == lines(width: 80).joined(separator: "\n"))
    }

    @Test("beyond the limit sessions are counted; the query column is there only when asked for")
    func limit() {
        #expect(lines(width: nil, limit: 1).last == "… and 2 more (--limit)")
        #expect(lines(width: nil, limit: 1).count == 3)
        #expect(!lines(width: nil)[0].contains("QUERY"))
        #expect(lines(width: nil, showsQuery: true)[0].hasSuffix("QUERY"))
    }

    @Test("texts are cut by the columns that they take, not by their characters")
    func fitting() {
        #expect(VisibleText.fitted("abcdef", to: 6) == "abcdef")
        #expect(VisibleText.fitted("abcdefg", to: 6) == "abcde…")
        #expect(VisibleText.fitted("漢字漢字", to: 6) == "漢字…")
        #expect(VisibleText.fitted("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
        #expect(VisibleText.fitted("abc", to: 0) == "")
        #expect(VisibleText.oneLine("SELECT 1\n\t FROM  x\u{0}") == #"SELECT 1 FROM x\x00"#)
    }

    @Test("ages in two units at most")
    func ages() {
        let ages: [(Double, String)] = [
            (-1, "0.0s"), (0.04, "0.0s"), (9.94, "9.9s"), (9.96, "10s"), (59.4, "59s"), (59.6, "1m00s"),
            (3_599.6, "1h00m"), (86_400, "1d00h"), (.infinity, "?"), (1e300, "11574074d01h"),
        ]
        for (seconds, text) in ages { #expect(AgeText.format(seconds) == text) }
    }

    @Test("the summary counts, and says what is hidden from whom")
    func summary() {
        let listing = SessionListing(sampledAt: now, rows: rows + [session(104, isHidden: true)])
        let summary = SessionSummary(listing, shown: Array(listing.rows.prefix(3)), role: "Poolscope")
        #expect(
            summary.text
                == "3 of 4 sessions, 1 active, 1 idle, 1 idle in transaction, 1 blocked, "
                + "1 hidden from us (GRANT pg_monitor TO \"Poolscope\") · 2000-01-01T00:16:40Z by the server's clock")
    }
}
