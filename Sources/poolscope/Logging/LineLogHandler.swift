import Foundation
import Glibc
import Logging

/// Writes one line per event to standard error: for people (`text`) or for machines (`json`).
struct LineLogHandler: LogHandler {
    let format: LogFormat
    var logLevel: Logger.Level = .info
    var metadata: Logger.Metadata = [:]

    init(format: LogFormat) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let line: String
        switch format {
        case .text: line = LogLine.text(time: Date(), event.level, "\(event.message)", all)
        case .json: line = LogLine.json(time: Date(), event.level, "\(event.message)", all)
        }
        StandardStreams.write(line, to: STDERR_FILENO)
    }
}

/// Log lines as text.
enum LogLine {
    static func text(
        time: Date, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
    ) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        return "\(time.formatted(.iso8601)) \(level.rawValue)\(pairs) \(oneLine(message))"
    }

    static func json(
        time: Date, _ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata
    ) -> String {
        var fields = metadata.mapValues { "\($0)" }
        fields["time"] = time.formatted(.iso8601)
        fields["level"] = level.rawValue
        fields["message"] = message
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(fields)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// A server's words may have line breaks; a log line may not.
    private static func oneLine(_ text: String) -> String {
        text.replacing("\r", with: " ").replacing("\n", with: " ")
    }
}
