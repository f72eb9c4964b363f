import Collectors
import Observations
import Postgres

/// Turns events into the bytes of a recording, before compression. Pure: it does no I/O and asks no clock.
struct RecordingWriter {
    private var sourceNumbers: [String: Int] = [:]
    private var columnSets: [[TableColumn]] = []
    /// Numbers are used again from the first when all are taken.
    private var nextColumnSet = 0
    private var kept: [AnswerKey: RecordedTable] = [:]
    private var keptBytes = 0
    private var lastTime: Int64

    private let header: RecordingHeader

    init(_ header: RecordingHeader) {
        self.header = header
        lastTime = WallTime.microseconds(header.startTime)
    }

    /// What a recording begins with.
    var beginning: [UInt8] {
        Array((RecordingFormat.magic + "\(RecordingFormat.version)\n").utf8) + header.record.framed
    }

    /// The records of one event. An answer beyond all limits becomes a gap of one event.
    mutating func records(of event: TimedEvent) -> [UInt8] {
        var definitions: [UInt8] = []
        var record: RecordBuilder
        switch event.event {
        case .opened(let version):
            record = begin(.opened, event)
            record.add(version.limited)
        case .lost:
            record = begin(.lost, event)
        case .refused(let refusal):
            record = begin(.refused, event)
            record.add(refusal.recordedLimit)
            record.add(refusal.recordedName?.limited)
        case .skipped(let ticks):
            record = begin(.skipped, event)
            record.add(ticks)
        case .tickBegan:
            record = begin(.tickBegan, event)
        case .answered(let answer):
            return records(of: answer, event)
        case .omitted(let source):
            let number = number(of: source, &definitions)
            record = begin(.omitted, event)
            record.add(number)
        case .tickEnded(let state, let seconds):
            record = begin(.tickEnded, event)
            record.add(state.rawValue)
            record.add(seconds)
        }
        return definitions + record.framed
    }

    /// The record of events that did not get into the recording.
    mutating func gap(target: Int, time: Double, events: Int) -> [UInt8] {
        var record = begin(.gap, target: target, time: time)
        record.add(events)
        return record.framed
    }

    private mutating func begin(_ kind: RecordingFormat.Kind, _ event: TimedEvent) -> RecordBuilder {
        begin(kind, target: event.target, time: event.time)
    }

    private mutating func begin(_ kind: RecordingFormat.Kind, target: Int, time: Double) -> RecordBuilder {
        var record = RecordBuilder(kind)
        record.add(target)
        let now = WallTime.microseconds(time)
        record.addSigned(now &- lastTime)
        lastTime = now
        return record
    }

    private mutating func records(of answer: SourceAnswer, _ event: TimedEvent) -> [UInt8] {
        var definitions: [UInt8] = []
        let source = number(of: answer.source, &definitions)
        let nanoseconds = answer.duration.nanoseconds
        switch answer.result {
        case .failure(let error):
            var record = begin(.failure, event)
            record.add(source)
            record.add(nanoseconds)
            record.add(error.kind.rawValue)
            record.add(error.isConnectionLost ? 1 : 0)
            record.add(error.sqlState?.rawValue.limited)
            record.add(error.message)
            return definitions + record.framed
        case .success(let table):
            guard let table = RecordedTable(copying: table) else {
                return definitions + gap(target: event.target, time: event.time, events: 1)
            }
            let columns = number(of: table.tableColumns, &definitions)
            let key = AnswerKey(target: event.target, source: source)
            let last = kept[key].flatMap { $0.tableColumns == table.tableColumns ? $0 : nil }
            let isKept = keep(table, for: key)
            var record = begin(.rows, event)
            record.add(source)
            record.add(nanoseconds)
            record.add(columns)
            record.add(
                (last == nil ? 0 : RecordingFormat.rowsReferToLast) | (isKept ? RecordingFormat.rowsAreKept : 0))
            TableCoding.encode(table, last: last, into: &record)
            return definitions + record.framed
        }
    }

    /// - Returns: Whether there was room to keep it.
    private mutating func keep(_ table: RecordedTable, for key: AnswerKey) -> Bool {
        if let old = kept.removeValue(forKey: key) { keptBytes -= old.footprint }
        guard keptBytes + table.footprint <= RecordingFormat.keptLimit / 2 else { return false }
        kept[key] = table
        keptBytes += table.footprint
        return true
    }

    private mutating func number(of source: any Source.Type, _ definitions: inout [UInt8]) -> Int {
        if let number = sourceNumbers[source.name] { return number }
        let number = sourceNumbers.count
        sourceNumbers[source.name] = number
        var record = RecordBuilder(.source)
        record.add(number)
        record.add(source.name)
        definitions += record.framed
        return number
    }

    private mutating func number(of columns: [TableColumn], _ definitions: inout [UInt8]) -> Int {
        if let number = columnSets.firstIndex(of: columns) { return number }
        let number = nextColumnSet
        nextColumnSet = (nextColumnSet + 1) % RecordingFormat.numberLimit
        if number < columnSets.count { columnSets[number] = columns } else { columnSets.append(columns) }
        var record = RecordBuilder(.columns)
        record.add(number)
        record.add(columns.count)
        for column in columns {
            record.add(column.name)
            record.add(UInt64(column.typeOID))
            record.add(column.isBinary ? RecordingFormat.columnIsBinary : 0)
        }
        definitions += record.framed
        return number
    }
}

/// Whose answers refer to each other.
struct AnswerKey: Hashable {
    let target: Int
    /// The number of the source in the recording.
    let source: Int
}

extension RecordedTable {
    fileprivate init?(copying table: any ResultTable) {
        func copy(_ table: some ResultTable) -> RecordedTable? { RecordedTable(table) }
        guard let copy = copy(table) else { return nil }
        self = copy
    }
}

extension String {
    /// Itself, or what a reader takes of it: a version comes from the server.
    fileprivate var limited: String {
        utf8.count <= RecordingFormat.nameLimit
            ? self : String(decoding: utf8.prefix(RecordingFormat.nameLimit - 3), as: UTF8.self)
    }
}

extension Duration {
    /// Whole nanoseconds, none if it is negative; what a clock measures has no smaller parts.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(max(0, seconds)).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : product &+ UInt64(max(0, attoseconds)) / 1_000_000_000
    }
}
