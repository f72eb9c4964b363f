/// A server's log as the truth: what it says of durations, line by line.
struct ServerLog: Sendable {
    /// The settings with which a server writes a log that can be read here.
    static let settings = [
        "log_min_duration_statement": "0", "log_disconnections": "on", "log_line_prefix": "%n|%c|%a|%d|",
    ]

    /// What a line tells.
    enum Event: Sendable, Equatable {
        /// A statement that has just ended. Of the extended protocol's three lines only the execution counts: each of
        /// them is a statement of its own to `pg_stat_activity`, and parsing and binding take no time here.
        case statement(text: String, seconds: Double)
        /// A session that has just ended.
        case disconnection(seconds: Double)
    }

    struct Entry: Sendable, Equatable {
        /// Seconds since 1970, in milliseconds' precision.
        var time: Double
        /// The server's own number of the session.
        var backend: String
        var application: String
        var database: String
        var event: Event
    }

    /// In the order of the log.
    let entries: [Entry]

    init(entries: [Entry]) {
        self.entries = entries
    }

    /// Reads a log; lines of other kinds, and further lines of a statement, are passed over.
    init(parsing text: String) {
        self.init(entries: text.split(separator: "\n").compactMap(Self.entry))
    }

    private static func entry(_ line: Substring) -> Entry? {
        let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        guard fields.count == 5, let time = Double(fields[0]), let event = event(fields[4]) else { return nil }
        return Entry(
            time: time, backend: String(fields[1]), application: String(fields[2]), database: String(fields[3]),
            event: event)
    }

    // Without regular expressions: thousands of lines would keep the machine from sampling meanwhile.
    private static func event(_ message: Substring) -> Event? {
        guard let start = message.firstIndex(of: ":"), message[..<start] == "LOG" else { return nil }
        let text = message[start...].dropFirst().drop { $0 == " " }
        if text.hasPrefix("duration: ") { return statement(text.dropFirst("duration: ".count)) }
        if text.hasPrefix("disconnection: session time: ") {
            return disconnection(text.dropFirst("disconnection: session time: ".count))
        }
        return nil
    }

    /// `12.345 ms  statement: SELECT 1`, or `… execute <unnamed>: SELECT 1`.
    private static func statement(_ text: Substring) -> Event? {
        let parts = text.split(separator: " ", maxSplits: 2)
        guard parts.count == 3, parts[1] == "ms", let milliseconds = Double(parts[0]) else { return nil }
        let rest = parts[2].drop { $0 == " " }
        guard rest.hasPrefix("statement: ") || rest.hasPrefix("execute "), let colon = rest.firstIndex(of: ":") else {
            return nil
        }
        return .statement(text: String(rest[colon...].dropFirst(2)), seconds: milliseconds / 1_000)
    }

    /// `0:00:04.500 user=…`.
    private static func disconnection(_ text: Substring) -> Event? {
        let parts = text.prefix { $0 != " " }.split(separator: ":").compactMap { Double($0) }
        return parts.count == 3 ? .disconnection(seconds: parts[0] * 3_600 + parts[1] * 60 + parts[2]) : nil
    }
}
