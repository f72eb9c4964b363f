import Observations

/// The rows of an answer as values that differ from their neighbours.
///
/// Most of what a sample says was said by the one before. So a value may be given as that of the row above (the
/// server's clock is the same in all rows), or as that of a row of the last answer. Rows are taken to follow each other
/// as they did there; where a session has gone or come, the row says by how many it is off.
enum TableCoding {
    /// How far around the expected row a better one is looked for.
    private static let reach = 8

    static func encode(_ table: RecordedTable, last: RecordedTable?, into record: inout RecordBuilder) {
        record.add(table.rowCount)
        let columns = table.tableColumns.indices
        var expected = 0
        for row in 0..<table.rowCount {
            var base: Int?
            if let last {
                let found = bestBase(of: row, in: table, last: last, expected: expected)
                record.addSigned(Int64(found - expected))
                base = 0..<last.rowCount ~= found ? found : nil
                expected = found + 1
            }
            for column in columns {
                if let base, let last, table.hasEqual(row: row, column: column, in: last, row: base) {
                    record.add(RecordingFormat.cellAsLast)
                } else if row > 0, table.hasEqual(row: row, column: column, in: table, row: row - 1) {
                    record.add(RecordingFormat.cellAsAbove)
                } else if let value = table.value(row: row, column: column) {
                    record.add(UInt64(value.count) + RecordingFormat.cellBytes)
                    record.add(raw: value)
                } else {
                    record.add(RecordingFormat.cellNull)
                }
            }
        }
    }

    /// The row of the last answer that is most like this one: the expected one if it is like it at all.
    private static func bestBase(of row: Int, in table: RecordedTable, last: RecordedTable, expected: Int) -> Int {
        let columns = table.tableColumns.indices
        func likeness(_ base: Int) -> Int {
            guard 0..<last.rowCount ~= base else { return 0 }
            return columns.count { table.hasEqual(row: row, column: $0, in: last, row: base) }
        }
        var (best, most) = (expected, likeness(expected))
        guard most * 3 < columns.count * 2 else { return best }
        for distance in 1...reach {
            for base in [expected + distance, expected - distance] {
                let likeness = likeness(base)
                if likeness > most { (best, most) = (base, likeness) }
            }
        }
        return best
    }

    static func decode(
        _ columns: [TableColumn], last: RecordedTable?, from record: inout RecordParser
    ) throws(RecordParser.Problem) -> RecordedTable {
        let rows = try record.number(of: "rows", upTo: RecordingFormat.rowLimit)
        // Every value takes a byte at least.
        guard columns.isEmpty || rows <= min(record.remaining, RecordingFormat.cellLimit) / columns.count else {
            throw RecordParser.Problem(sentence: "\(rows) rows do not fit into the record")
        }
        var table = RecordedTable(columns: columns)
        var expected = 0
        for row in 0..<rows {
            var base: Int?
            if let last {
                let shift = try record.signed()
                guard abs(shift.clamped) <= Int64(RecordingFormat.rowLimit) else {
                    throw RecordParser.Problem(sentence: "a row refers to one that cannot be")
                }
                let found = expected + Int(shift)
                base = 0..<last.rowCount ~= found ? found : nil
                expected = found + 1
            }
            for column in columns.indices {
                let fits = try decodeValue(row, column, of: last, row: base, into: &table, from: &record)
                guard fits else {
                    let limit = RecordingFormat.tableLimit >> 20
                    throw RecordParser.Problem(sentence: "an answer of more than \(limit) MiB")
                }
            }
            table.endRow()
        }
        return table
    }

    private static func decodeValue(
        _ row: Int, _ column: Int, of last: RecordedTable?, row base: Int?, into table: inout RecordedTable,
        from record: inout RecordParser
    ) throws(RecordParser.Problem) -> Bool {
        let tag = try record.number()
        switch tag {
        case RecordingFormat.cellNull:
            return table.append(nil)
        case RecordingFormat.cellAsAbove:
            guard row > 0 else { throw RecordParser.Problem(sentence: "the first row refers to one above it") }
            return table.appendFromAbove()
        case RecordingFormat.cellAsLast:
            guard let last, let base else {
                throw RecordParser.Problem(sentence: "a value refers to a row that is not there")
            }
            return last.withBytes(row: base, column: column) { table.append($0) }
        default:
            guard tag - RecordingFormat.cellBytes <= UInt64(record.remaining) else {
                throw RecordParser.Problem(sentence: "a value is longer than the record")
            }
            return try record.bytes(Int(tag - RecordingFormat.cellBytes)).withUnsafeBytes { table.append($0) }
        }
    }
}

extension Int64 {
    /// Itself, but for the one number that has no absolute value.
    fileprivate var clamped: Int64 { Swift.max(self, -.max) }
}
