internal import CPostgres

/// The rows that a statement returned. Immutable.
package final class QueryResult: Sendable {
    package struct Column: Sendable, Equatable {
        package let name: String
        /// `pg_type.oid` of the column's type; 25 is `text`.
        package let typeOID: UInt32
        /// Whether the values are in the type's binary form (network byte order) rather than text.
        package let isBinary: Bool
    }

    /// A `PGresult` owned by this object: never written after libpq returned it, so any thread may read it.
    nonisolated(unsafe) private let result: OpaquePointer

    package let columns: [Column]
    package let rowCount: Int

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
    package func columnIndex(_ name: String) -> Int? {
        columns.firstIndex { $0.name == name }
    }

    /// Lends the bytes of one value; nil is SQL's NULL. The pointer is valid in `body` only. Calls `PQgetvalue`.
    package func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        precondition(0..<rowCount ~= row && columns.indices ~= column, "no such row or column in this result")
        let (row, column) = (Int32(row), Int32(column))
        guard PQgetisnull(result, row, column) == 0 else { return body(nil) }
        return body(
            UnsafeRawBufferPointer(
                start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column))))
    }

    /// A value in text form, invalid UTF-8 repaired; nil for NULL and when there is no such column.
    package func text(row: Int, column: String) -> String? {
        guard let index = columnIndex(column) else { return nil }
        return withBytes(row: row, column: index) { bytes in bytes.map { String(decoding: $0, as: UTF8.self) } }
    }
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
