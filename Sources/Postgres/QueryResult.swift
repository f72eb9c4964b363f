internal import CPostgres

/// The form in which a statement returns its values; the numbers are the protocol's.
package enum ResultFormat: Int32, Sendable {
    case text = 0
    case binary = 1
}

/// The rows that a statement returned. Immutable.
public final class QueryResult: Sendable {
    public struct Column: Sendable, Equatable {
        public let name: String
        /// `pg_type.oid` of the column's type; 25 is `text`.
        public let typeOID: UInt32
        /// Whether the values are in the type's binary form (network byte order) rather than text.
        public let isBinary: Bool
    }

    /// A `PGresult` owned by this object: never written after libpq returned it, so any thread may read it.
    nonisolated(unsafe) private let result: OpaquePointer

    public let columns: [Column]
    public let rowCount: Int

    /// Takes over the `PGresult`.
    init(owning result: OpaquePointer) {
        self.result = result
        rowCount = Int(PQntuples(result))
        // The columns of a COPY have no names.
        columns = (0..<(PQresultStatus(result) == PGRES_TUPLES_OK ? PQnfields(result) : 0)).map { index in
            Column(
                name: String(cString: PQfname(result, index)), typeOID: PQftype(result, index),
                isBinary: PQfformat(result, index) == 1)
        }
    }

    /// Calls `PQclear`.
    deinit {
        PQclear(result)
    }

    /// The position of the first column with this name.
    public func columnIndex(_ name: String) -> Int? {
        columns.firstIndex { $0.name == name }
    }

    /// Lends the bytes of one value; nil is SQL's NULL. The pointer is valid in `body` only. Calls `PQgetvalue`.
    package func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        precondition(0..<rowCount ~= row && columns.indices ~= column, "no such row or column in this result")
        let (row, column) = (Int32(row), Int32(column))
        let length = Int(PQgetlength(result, row, column))
        if length == 0, PQgetisnull(result, row, column) == 1 { return body(nil) }
        return body(UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: length))
    }

    /// The same without a result, and not generic: for whoever reads many values through a protocol.
    package func lendBytes(row: Int, column: Int, to body: (UnsafeRawBufferPointer?) -> Void) {
        withBytes(row: row, column: column, body)
    }

    /// A value in text form, invalid UTF-8 repaired; nil for NULL and when there is no such column.
    public func text(row: Int, column: String) -> String? {
        columnIndex(column).flatMap { text(row: row, column: $0) }
    }

    /// A value in text form, invalid UTF-8 repaired; nil for NULL. No such row or column is a programmer's error.
    public func text(row: Int, column: Int) -> String? {
        withBytes(row: row, column: column) { bytes in bytes.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// What the server did, in its words: "COMMIT", "UPDATE 3"; empty when there was no statement. Calls `PQcmdStatus`.
    public var commandTag: String { String(cString: PQcmdStatus(result)) }

    /// Rows that INSERT, UPDATE, DELETE, MERGE, SELECT and their like dealt with; nil for other statements. Calls
    /// `PQcmdTuples`.
    public var affectedRows: Int? { Int(String(cString: PQcmdTuples(result))) }
}

extension QueryResult {
    /// What one `PGresult` means for the statement.
    enum Outcome {
        case rows
        case failed(severity: String?, sqlState: SQLState?, message: String)
        case copyIn
        case copyOut
        /// Replication, or an answer that libpq does not understand.
        case outOfProtocol
    }

    /// Calls `PQresultStatus`.
    var outcome: Outcome {
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .rows
        case PGRES_FATAL_ERROR: failure
        case PGRES_COPY_IN: .copyIn
        case PGRES_COPY_OUT: .copyOut
        default: .outOfProtocol
        }
    }

    /// Calls `PQresultErrorField`, `PQresultErrorMessage`.
    private var failure: Outcome {
        let severity = field(POSTGRES_DIAG_SEVERITY) ?? field(POSTGRES_DIAG_LOCALIZED_SEVERITY)
        return .failed(
            severity: severity, sqlState: field(POSTGRES_DIAG_SQLSTATE).map(SQLState.init(rawValue:)),
            message: field(POSTGRES_DIAG_MESSAGE) ?? String(cString: PQresultErrorMessage(result)))
    }

    private func field(_ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }
}
