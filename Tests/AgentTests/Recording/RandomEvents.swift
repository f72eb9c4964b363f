import Collectors
import Observations
import Postgres
import TestSupport

@testable import Agent

extension RecordedTable {
    /// A table of these values; nil is NULL.
    init(_ columns: [TableColumn], _ rows: [[[UInt8]?]]) {
        self.init(columns: columns)
        for row in rows {
            for value in row {
                _ = value.map { bytes in bytes.withUnsafeBytes { append($0) } } ?? append(nil)
            }
            endRow()
        }
    }
}

/// Tables and events without rhyme or reason, but for what makes them alike from one to the next.
struct RandomEvents {
    var random: SeededRandom
    let header = RecordingHeader(
        agentVersion: "0.1.0", startTime: 1_764_000_000.123456,
        targets: [
            .init(profile: TargetProfile(name: "main", kind: .postgres, cluster: "c", cores: 0), interval: .seconds(1)),
            .init(profile: TargetProfile(name: "pool", kind: .pgbouncer, spindles: 3), interval: .milliseconds(100)),
        ], includesQueryText: false)
    private var time = 1_764_000_000.123456
    private var last: RecordedTable?

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func value() -> [UInt8]? {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return nil
        case 1: return []
        case 2: return [UInt8.random(in: 0...255, using: &random)]
        case 3: return Array(0...255)
        default: return Array("value \(Int.random(in: 0..<4, using: &random))".utf8)
        }
    }

    mutating func table() -> RecordedTable {
        if let last, Int.random(in: 0..<4, using: &random) > 0 { return changed(last) }
        let count = [0, 1, 3, 15, 1_664].randomElement(using: &random) ?? 1
        let columns = (0..<count).map { index in
            TableColumn(
                name: index % 7 == 6 ? "ünïcode \(index)" : "c\(index)",
                typeOID: UInt32.random(in: 0...(.max), using: &random),
                isBinary: Bool.random(using: &random))
        }
        let rows = Int.random(in: 0...(count > 100 ? 3 : 30), using: &random)
        return RecordedTable(columns, (0..<rows).map { _ in (0..<count).map { _ in value() } })
    }

    /// Some values changed, some rows gone, some new.
    private mutating func changed(_ table: RecordedTable) -> RecordedTable {
        var rows = (0..<table.rowCount).map { row in
            table.tableColumns.indices.map { table.value(row: row, column: $0).map(Array.init) }
        }
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            guard let row = rows.indices.randomElement(using: &random) else { break }
            switch Int.random(in: 0..<3, using: &random) {
            case 0: rows.remove(at: row)
            case 1: rows.insert(table.tableColumns.map { _ in value() }, at: row)
            default:
                if let column = table.tableColumns.indices.randomElement(using: &random) { rows[row][column] = value() }
            }
        }
        return RecordedTable(table.tableColumns, rows)
    }

    mutating func event() -> TimedEvent {
        time = WallTime.seconds(WallTime.microseconds(time) + Int64.random(in: -1_000...2_000_000, using: &random))
        let target = Int.random(in: 0...1, using: &random)
        let source = Collectors.sources(for: header.targets[target].profile.kind).randomElement(using: &random)!
        let duration = Duration.nanoseconds(Int64.random(in: 0...5_000_000_000, using: &random))
        let event: PipelineEvent
        switch Int.random(in: 0..<11, using: &random) {
        case 0: event = .opened(version: "15.18")
        case 1: event = .lost
        case 2: event = .skipped(ticks: Int.random(in: 0...100, using: &random))
        case 3: event = .tickBegan
        case 4: event = .omitted(source)
        case 5:
            let state = TargetState.allCases.randomElement(using: &random) ?? .up
            event = .tickEnded(state, seconds: Double.random(in: 0...1, using: &random))
        case 6:
            let all: [Refusal] = [
                .server, .role("web"), .database("shop"), .clientSlots, .userClients("web"), .databaseClients("shop"),
            ]
            event = .refused(all.randomElement(using: &random) ?? .server)
        case 7:
            let kind = PostgresError.Kind.allCases.randomElement(using: &random) ?? .refused
            let error = PostgresError(
                kind: kind, sqlState: Bool.random(using: &random) ? .queryCanceled : nil, message: "no “reason”")
            event = .answered(SourceAnswer(source: source, duration: duration, result: .failure(error)))
        default:
            let table = table()
            last = table
            event = .answered(SourceAnswer(source: source, duration: duration, result: .success(table)))
        }
        return TimedEvent(target: target, time: time, event: event)
    }

    /// A whole recording, and what is in it.
    mutating func recording(events count: Int) -> (bytes: [UInt8], events: [TimedEvent]) {
        var writer = RecordingWriter(header)
        let events = (0..<count).map { _ in event() }
        return (events.reduce(writer.beginning) { $0 + writer.records(of: $1) }, events)
    }
}

extension TimedEvent {
    /// What it says, but for the rows of an answer.
    var words: String {
        let what: String
        switch event {
        case .answered(let answer):
            switch answer.result {
            case .success(let table): what = "\(answer.source) \(answer.duration) \(table.rowCount) rows"
            case .failure(let error): what = "\(answer.source) \(answer.duration) \(error.kind) \(error)"
            }
        case .opened, .lost, .refused, .skipped, .tickBegan, .omitted, .tickEnded: what = "\(event)"
        }
        return "\(target) \(time.bitPattern) \(what)"
    }

    /// The rows of an answer.
    var table: RecordedTable? {
        guard case .answered(let answer) = event, case .success(let table) = answer.result else { return nil }
        return table as? RecordedTable
    }
}

/// Feeds a stream to a reader in pieces, and gives all that it says.
func read(
    _ bytes: [UInt8], pieces: Int = 1_000, _ body: (RecordingReader.Item) -> Void
) throws(RecordingError) -> RecordingReader {
    var reader = RecordingReader()
    var rest = bytes[...]
    while !rest.isEmpty {
        reader.feed(Array(rest.prefix(pieces)))
        rest = rest.dropFirst(pieces)
        while let item = try reader.next() { body(item) }
    }
    return reader
}
