import Collectors
import Observations
import Postgres

/// Turns the bytes of a recording, decompressed and fed in pieces, into events again. Pure, and it trusts nothing: every
/// size is checked against a limit before memory is taken for it.
struct RecordingReader {
    /// One thing that the recording says.
    enum Item: Sendable {
        case header(RecordingHeader)
        /// `rows`: of an answer.
        case event(TimedEvent, rows: Int)
        /// So many events of this target are missing.
        case gap(target: Int, events: Int)
    }

    private var buffer: [UInt8] = []
    private var position = 0
    /// Bytes of the stream before `buffer`.
    private var consumed = 0
    private var hasBeginning = false
    private var header: RecordingHeader?
    private var sources: [Int: String] = [:]
    private var columnSets: [Int: [TableColumn]] = [:]
    private var kept: [AnswerKey: RecordedTable] = [:]
    private var keptBytes = 0
    private var lastTime: Int64 = 0
    private var saidOf: Set<String> = []
    /// What a user should know of the items so far; each thing is said once. To be emptied by whoever says it.
    var warnings: [String] = []

    /// Whether there is neither a part of a record left over nor the first line still to come.
    var isBetweenRecords: Bool { hasBeginning && position == buffer.count }

    /// Whether the header was read.
    var hasHeader: Bool { header != nil }

    /// Takes in the next bytes of the stream.
    mutating func feed(_ bytes: [UInt8]) {
        if position > 0 {
            buffer.removeFirst(position)
            consumed += position
            position = 0
        }
        buffer += bytes
    }

    /// The next item; nil when more bytes are needed.
    mutating func next() throws(RecordingError) -> Item? {
        if !hasBeginning {
            guard try readBeginning() else { return nil }
        }
        while let record = try nextRecord() {
            let offset = consumed + record.startIndex
            do throws(RecordParser.Problem) {
                if let item = try item(of: record) { return item }
            } catch {
                throw RecordingError(error.sentence, at: offset)
            }
        }
        return nil
    }

    /// The first line.
    private mutating func readBeginning() throws(RecordingError) -> Bool {
        let magic = Array(RecordingFormat.magic.utf8)
        guard buffer.prefix(magic.count).elementsEqual(magic.prefix(buffer.count)) else {
            throw RecordingError("this is no recording of Poolscope")
        }
        let rest = buffer.dropFirst(magic.count)
        guard let end = rest.prefix(10).firstIndex(of: UInt8(ascii: "\n")) else {
            guard rest.count < 10 else { throw RecordingError("this is no recording of Poolscope") }
            return false
        }
        guard let version = Int(String(decoding: rest[..<end], as: UTF8.self)), version > 0 else {
            throw RecordingError("this is no recording of Poolscope")
        }
        guard version <= RecordingFormat.version else {
            throw RecordingError(
                "the recording has format \(version), of a newer Poolscope; this one reads up to format "
                    + "\(RecordingFormat.version)")
        }
        position = end + 1
        hasBeginning = true
        return true
    }

    /// The next record without its length, if all of it is there.
    private mutating func nextRecord() throws(RecordingError) -> ArraySlice<UInt8>? {
        var length = 0
        for (index, byte) in buffer[position...].prefix(5).enumerated() {
            length |= Int(byte & 0x7F) << (7 * index)
            guard byte & 0x80 == 0 else { continue }
            guard 1...RecordingFormat.recordLimit ~= length else {
                throw RecordingError("a record of \(length) bytes", at: consumed + position)
            }
            let start = position + index + 1
            guard length <= buffer.count - start else { return nil }
            position = start + length
            return buffer[start..<position]
        }
        guard buffer.count - position < 5 else {
            throw RecordingError("a record without end", at: consumed + position)
        }
        return nil
    }

    /// What a record says; nil if that is nothing for the caller.
    private mutating func item(of bytes: ArraySlice<UInt8>) throws(RecordParser.Problem) -> Item? {
        var record = RecordParser(bytes)
        let number = try record.byte()
        guard let kind = RecordingFormat.Kind(rawValue: number) else {
            warn("records of kind \(number) are not understood, and left out: a newer Poolscope made them")
            return nil
        }
        guard header != nil else {
            guard kind == .header else { throw RecordParser.Problem(sentence: "the recording has no header") }
            let header = try RecordingHeader(&record, warnings: &warnings)
            self.header = header
            lastTime = WallTime.microseconds(header.startTime)
            return .header(header)
        }
        switch kind {
        case .header: throw RecordParser.Problem(sentence: "a second header")
        case .source: try defineSource(&record)
        case .columns: try defineColumns(&record)
        case .opened, .lost, .refused, .skipped, .tickBegan, .rows, .failure, .omitted, .tickEnded, .gap:
            return try event(of: kind, &record)
        }
        return nil
    }

    private mutating func warn(_ sentence: String) {
        // A hostile recording could have no end of things to warn of.
        if saidOf.count < 1_000, saidOf.insert(sentence).inserted { warnings.append(sentence) }
    }

    private mutating func defineSource(_ record: inout RecordParser) throws(RecordParser.Problem) {
        let number = try record.number(of: "sources", upTo: RecordingFormat.numberLimit - 1)
        sources[number] = try record.text()
    }

    private mutating func defineColumns(_ record: inout RecordParser) throws(RecordParser.Problem) {
        let number = try record.number(of: "sets of columns", upTo: RecordingFormat.numberLimit - 1)
        let count = try record.number(of: "columns", upTo: RecordingFormat.columnLimit)
        var columns: [TableColumn] = []
        for _ in 0..<count {
            let name = try record.text()
            let type = UInt32(truncatingIfNeeded: try record.number())
            let flags = try record.number()
            columns.append(
                TableColumn(
                    name: name, typeOID: type, isBinary: flags & RecordingFormat.columnIsBinary != 0))
        }
        columnSets[number] = columns
    }
}

extension RecordingReader {
    private mutating func event(
        of kind: RecordingFormat.Kind, _ record: inout RecordParser
    ) throws(RecordParser.Problem) -> Item? {
        let targets = header?.targets ?? []
        guard !targets.isEmpty else { throw RecordParser.Problem(sentence: "an event without a target") }
        let target = try record.number(of: "as a target's number", upTo: targets.count - 1)
        let (now, overflow) = lastTime.addingReportingOverflow(try record.signed())
        guard !overflow else { throw RecordParser.Problem(sentence: "an event at an impossible time") }
        lastTime = now
        var rows = 0
        let event: PipelineEvent
        switch kind {
        case .opened: event = .opened(version: try record.text())
        case .lost: event = .lost
        case .refused:
            let (limit, name) = (try record.text(), try record.optionalText())
            guard let refusal = Refusal(recordedLimit: limit, name: name) else {
                warn("a refusal for the limit “\(limit)” is not understood, and left out")
                return nil
            }
            event = .refused(refusal)
        case .skipped: event = .skipped(ticks: try record.number(of: "skipped ticks", upTo: Int(Int32.max)))
        case .tickBegan: event = .tickBegan
        case .rows, .failure:
            guard let answer = try answer(of: kind, from: target, &record) else { return nil }
            if case .success(let table) = answer.result { rows = table.rowCount }
            event = .answered(answer)
        case .omitted:
            guard let source = source(try record.number(), of: targets[target].profile.kind) else { return nil }
            event = .omitted(source)
        case .tickEnded:
            let state = TargetState(rawValue: try record.text())
            event = .tickEnded(state ?? .disconnected, seconds: try record.double())
        case .gap:
            return .gap(target: target, events: try record.number(of: "lost events", upTo: Int(Int32.max)))
        case .header, .source, .columns:
            preconditionFailure("definitions are no events")
        }
        return .event(TimedEvent(target: target, time: WallTime.seconds(now), event: event), rows: rows)
    }

    /// An answer; nil if its source is not known here. Its rows are read all the same: later ones may refer to them.
    private mutating func answer(
        of kind: RecordingFormat.Kind, from target: Int, _ record: inout RecordParser
    ) throws(RecordParser.Problem) -> SourceAnswer? {
        let number = try record.number(of: "as a source's number", upTo: RecordingFormat.numberLimit - 1)
        let duration = Duration.nanoseconds(Int64(clamping: try record.number()))
        let result: Result<any ResultTable, PostgresError>
        if kind == .rows {
            result = .success(try rows(for: AnswerKey(target: target, source: number), &record))
        } else {
            result = .failure(try Self.failure(&record))
        }
        let targetKind = header?.targets[target].profile.kind ?? .postgres
        guard let source = source(UInt64(number), of: targetKind) else { return nil }
        return SourceAnswer(source: source, duration: duration, result: result)
    }

    private mutating func source(_ number: UInt64, of kind: TargetKind) -> (any Source.Type)? {
        guard let name = Int(exactly: number).flatMap({ sources[$0] }) else {
            warn("answers of a source without a name are left out")
            return nil
        }
        guard let source = Self.known[kind]?[name] else {
            warn("what the source “\(name)” answered is not understood, and left out")
            return nil
        }
        return source
    }

    private static let known = Dictionary(
        uniqueKeysWithValues: TargetKind.allCases.map { kind in
            (kind, Dictionary(uniqueKeysWithValues: Collectors.sources(for: kind).map { ($0.name, $0) }))
        })

    private mutating func rows(
        for key: AnswerKey, _ record: inout RecordParser
    ) throws(RecordParser.Problem) -> RecordedTable {
        let set = try record.number(of: "as the number of a set of columns", upTo: RecordingFormat.numberLimit - 1)
        guard let columns = columnSets[set] else {
            throw RecordParser.Problem(sentence: "an answer with unknown columns")
        }
        let flags = try record.number()
        var last: RecordedTable?
        if flags & RecordingFormat.rowsReferToLast != 0 {
            guard let table = kept[key], table.tableColumns.count == columns.count else {
                throw RecordParser.Problem(sentence: "an answer refers to one that is not there")
            }
            last = table
        }
        let table = try TableCoding.decode(columns, last: last, from: &record)
        if let old = kept.removeValue(forKey: key) { keptBytes -= old.footprint }
        if flags & RecordingFormat.rowsAreKept != 0 {
            keptBytes += table.footprint
            guard keptBytes <= RecordingFormat.keptLimit else {
                throw RecordParser.Problem(
                    sentence: "answers to keep of more than \(RecordingFormat.keptLimit >> 20) MiB")
            }
            kept[key] = table
        }
        return table
    }

    private static func failure(_ record: inout RecordParser) throws(RecordParser.Problem) -> PostgresError {
        let kindName = try record.text()
        let isLost = try record.number() & 1 != 0
        let sqlState = try record.optionalText()
        let message = try record.text(upTo: RecordingFormat.textLimit)
        let kind = PostgresError.Kind(rawValue: kindName) ?? (isLost ? .disconnected : .statementFailed)
        return PostgresError(
            kind: kind, sqlState: sqlState.map(SQLState.init(rawValue:)), message: message, isConnectionLost: isLost)
    }
}
