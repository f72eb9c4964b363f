/// A column of a result: its name and how its bytes are to be read.
package struct TableColumn: Sendable, Equatable {
    package let name: String
    /// The type's OID in `pg_type`; text results carry one too.
    package let typeOID: UInt32
    /// True for PostgreSQL's binary format (big-endian), false for text.
    package let isBinary: Bool

    package init(name: String, typeOID: UInt32, isBinary: Bool) {
        self.name = name
        self.typeOID = typeOID
        self.isBinary = isBinary
    }
}

/// Rows as a server sent them. What reads them asks for columns by name, never by position.
package protocol ResultTable: Sendable {
    var tableColumns: [TableColumn] { get }
    var rowCount: Int { get }
    /// The bytes of one value, nil for SQL NULL. The pointer is valid only within `body`.
    func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R
    /// The same without a result: what reads ten thousand rows calls this one, which is not generic.
    func lendBytes(row: Int, column: Int, to body: (UnsafeRawBufferPointer?) -> Void)
}

extension ResultTable {
    package func lendBytes(row: Int, column: Int, to body: (UnsafeRawBufferPointer?) -> Void) {
        withBytes(row: row, column: column) { body($0) }
    }
}

/// A table of texts: PgBouncer's answers in tests, and replayed samples.
package struct TextTable: ResultTable {
    package let tableColumns: [TableColumn]
    private let rows: [[String?]]

    /// - Precondition: every row has as many values as there are columns.
    package init(columns: [String], rows: [[String?]]) {
        precondition(rows.allSatisfy { $0.count == columns.count }, "a row is shorter or longer than the header")
        tableColumns = columns.map { TableColumn(name: $0, typeOID: TypeOID.text, isBinary: false) }
        self.rows = rows
    }

    package var rowCount: Int { rows.count }

    package func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard var text = rows[row][column] else { return body(nil) }
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}
