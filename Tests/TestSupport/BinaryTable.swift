import Observations

/// Rows in PostgreSQL's binary format, as the extended protocol brings them.
package struct BinaryTable: ResultTable {
    /// A value of one of the types that the agent's statements return.
    package enum Value: Sendable {
        case text(String)
        case bool(Bool)
        case int4(Int32)
        case int8(Int64)
        case oid(UInt32)
        case float8(Double)
        /// Seconds since 2000-01-01 UTC.
        case time(Double)

        fileprivate var typeOID: UInt32 {
            switch self {
            case .text: TypeOID.text
            case .bool: TypeOID.bool
            case .int4: TypeOID.int4
            case .int8: TypeOID.int8
            case .oid: TypeOID.oid
            case .float8: TypeOID.float8
            case .time: TypeOID.timestamptz
            }
        }

        fileprivate var bytes: [UInt8] {
            func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
                withUnsafeBytes(of: value.bigEndian) { Array($0) }
            }
            switch self {
            case .text(let text): return Array(text.utf8)
            case .bool(let bool): return [bool ? 1 : 0]
            case .int4(let number): return bigEndian(number)
            case .int8(let number): return bigEndian(number)
            case .oid(let number): return bigEndian(number)
            case .float8(let number): return bigEndian(number.bitPattern)
            case .time(let seconds): return bigEndian(Int64((seconds * 1_000_000).rounded()))
            }
        }
    }

    package let tableColumns: [TableColumn]
    private let rows: [[[UInt8]?]]

    /// - Parameter rows: By column; what is missing is NULL, what has no column is left out. A column without any value is one of text.
    package init(columns: [String], rows: [[String: Value]]) {
        tableColumns = columns.map { name in
            let type = rows.lazy.compactMap { $0[name]?.typeOID }.first ?? TypeOID.text
            return TableColumn(name: name, typeOID: type, isBinary: true)
        }
        self.rows = rows.map { row in columns.map { row[$0]?.bytes } }
    }

    package var rowCount: Int { rows.count }

    package func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        guard let bytes = rows[row][column] else { return body(nil) }
        return bytes.withUnsafeBytes { body($0) }
    }
}
