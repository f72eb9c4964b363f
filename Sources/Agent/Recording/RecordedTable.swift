import Observations

/// An answer with its exact bytes, in memory that is ours: as a recording holds it, and gives it back.
struct RecordedTable: ResultTable, Equatable {
    let tableColumns: [TableColumn]
    private(set) var rowCount = 0
    private var bytes: [UInt8] = []
    /// Where each value begins in `bytes`, row by row; −1 is NULL.
    private var starts: [Int32] = []
    private var lengths: [Int32] = []
    /// The bytes of all values, written out: two values may share their place.
    private(set) var size = 0

    init(columns: [TableColumn]) {
        tableColumns = columns
    }

    /// A copy; nil if it is beyond what a recording holds.
    init?(_ table: some ResultTable) {
        self.init(columns: table.tableColumns)
        let columns = tableColumns.count
        guard columns <= RecordingFormat.columnLimit,
            tableColumns.allSatisfy({ $0.name.utf8.count <= RecordingFormat.nameLimit }),
            table.rowCount <= RecordingFormat.rowLimit,
            columns == 0 || table.rowCount <= RecordingFormat.cellLimit / columns
        else { return nil }
        starts.reserveCapacity(columns * table.rowCount)
        lengths.reserveCapacity(columns * table.rowCount)
        for row in 0..<table.rowCount {
            for column in 0..<columns {
                let fits = table.withBytes(row: row, column: column) { append($0) }
                guard fits else { return nil }
            }
            endRow()
        }
    }

    /// About how much memory it takes.
    var footprint: Int { bytes.count + 8 * starts.count + 64 * tableColumns.count + 256 }

    /// Adds the next value of the row that is being added.
    /// - Returns: Whether there was room for it.
    mutating func append(_ value: UnsafeRawBufferPointer?) -> Bool {
        guard let value else {
            starts.append(-1)
            lengths.append(0)
            return true
        }
        guard value.count <= RecordingFormat.tableLimit - size else { return false }
        starts.append(Int32(bytes.count))
        lengths.append(Int32(value.count))
        bytes += value
        size += value.count
        return true
    }

    /// Adds the value that stands in the row above. The same preconditions as of `append`.
    mutating func appendFromAbove() -> Bool {
        let above = starts.count - tableColumns.count
        guard starts[above] >= 0 else { return append(nil) }
        guard Int(lengths[above]) <= RecordingFormat.tableLimit - size else { return false }
        starts.append(starts[above])
        lengths.append(lengths[above])
        size += Int(lengths[above])
        return true
    }

    mutating func endRow() {
        rowCount += 1
    }

    func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        let cell = row * tableColumns.count + column
        guard starts[cell] >= 0 else { return body(nil) }
        return bytes.withUnsafeBytes { all in
            body(UnsafeRawBufferPointer(rebasing: all[Int(starts[cell])..<Int(starts[cell] + lengths[cell])]))
        }
    }

    /// The bytes of a value; nil for NULL.
    func value(row: Int, column: Int) -> ArraySlice<UInt8>? {
        let cell = row * tableColumns.count + column
        guard starts[cell] >= 0 else { return nil }
        return bytes[Int(starts[cell])..<Int(starts[cell] + lengths[cell])]
    }

    /// Whether a value is that of the same column in a row of another table.
    func hasEqual(row: Int, column: Int, in other: RecordedTable, row otherRow: Int) -> Bool {
        value(row: row, column: column) == other.value(row: otherRow, column: column)
    }

    static func == (left: RecordedTable, right: RecordedTable) -> Bool {
        left.tableColumns == right.tableColumns && left.rowCount == right.rowCount
            && (0..<left.rowCount).allSatisfy { row in
                left.tableColumns.indices.allSatisfy { left.hasEqual(row: row, column: $0, in: right, row: row) }
            }
    }
}
