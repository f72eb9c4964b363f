/// OIDs of the types that the agent's statements return (`pg_type.dat`; they never change).
package enum TypeOID {
    package static let bool: UInt32 = 16
    package static let int8: UInt32 = 20
    package static let int2: UInt32 = 21
    package static let int4: UInt32 = 23
    package static let text: UInt32 = 25
    package static let oid: UInt32 = 26
    package static let name: UInt32 = 19
    package static let float4: UInt32 = 700
    package static let float8: UInt32 = 701
    package static let inet: UInt32 = 869
    package static let timestamptz: UInt32 = 1184
}

/// Why rows could not be read.
package struct DecodeError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// One column of a table, by name. A column that the server's version lacks reads as NULL in every row.
package struct ColumnReader {
    private let table: any ResultTable
    private let index: Int?
    private let isBinary: Bool
    private let typeOID: UInt32

    init(_ table: any ResultTable, index: Int?) {
        self.table = table
        self.index = index
        let column = index.map { table.tableColumns[$0] }
        isBinary = column.map(\.isBinary) ?? false
        typeOID = column.map(\.typeOID) ?? 0
    }

    package var exists: Bool { index != nil }

    /// The value as text; bytes that are not UTF-8 are replaced, since a label must be valid.
    package func text(_ row: Int) -> String? {
        read(row) { bytes in String(decoding: bytes, as: UTF8.self) }
    }

    /// A whole number, from any integer type or its text.
    package func integer(_ row: Int) -> Int64? {
        read(row) { bytes in
            guard isBinary else { return Int64(String(decoding: bytes, as: UTF8.self)) }
            switch (typeOID, bytes.count) {
            case (TypeOID.int8, 8): return bytes.bigEndian(Int64.self)
            case (TypeOID.int4, 4): return Int64(bytes.bigEndian(Int32.self))
            case (TypeOID.int2, 2): return Int64(bytes.bigEndian(Int16.self))
            case (TypeOID.oid, 4): return Int64(bytes.bigEndian(UInt32.self))
            default: return nil
            }
        }
    }

    /// A number, from any numeric type or its text.
    package func double(_ row: Int) -> Double? {
        guard isBinary else {
            return read(row) { bytes in Double(String(decoding: bytes, as: UTF8.self)) }
        }
        switch typeOID {
        case TypeOID.float8:
            return read(row) { $0.count == 8 ? Double(bitPattern: $0.bigEndian(UInt64.self)) : nil }
        case TypeOID.float4:
            return read(row) { $0.count == 4 ? Double(Float(bitPattern: $0.bigEndian(UInt32.self))) : nil }
        default:
            return integer(row).map(Double.init)
        }
    }

    package func bool(_ row: Int) -> Bool? {
        read(row) { bytes in
            if isBinary { return bytes.count == 1 ? bytes[0] != 0 : nil }
            switch String(decoding: bytes, as: UTF8.self) {
            case "t", "true", "yes", "on", "1": return true
            case "f", "false", "no", "off", "0": return false
            default: return nil
            }
        }
    }

    /// A `timestamptz` in binary format.
    package func time(_ row: Int) -> ServerTime? {
        guard isBinary, typeOID == TypeOID.timestamptz else { return nil }
        return read(row) { $0.count == 8 ? ServerTime(microseconds: $0.bigEndian(Int64.self)) : nil }
    }

    func read<R>(_ row: Int, _ body: (UnsafeRawBufferPointer) -> R?) -> R? {
        guard let index else { return nil }
        var result: R?
        table.lendBytes(row: row, column: index) { bytes in
            if let bytes { result = body(bytes) }
        }
        return result
    }
}

extension ResultTable {
    /// A column that may be missing in this server's version.
    package func column(_ name: String) -> ColumnReader {
        ColumnReader(self, index: tableColumns.firstIndex { $0.name == name })
    }

    /// A column without which the rows mean nothing.
    package func required(_ name: String) throws(DecodeError) -> ColumnReader {
        let reader = column(name)
        guard reader.exists else {
            let names = tableColumns.map(\.name).joined(separator: ", ")
            throw DecodeError("the answer has no column “\(name)”; it has: \(names)")
        }
        return reader
    }

    /// Names of columns that hold numbers and are not among the known ones: what a newer server added.
    package func unknownNumericColumns(known: Set<String>) -> [String] {
        guard rowCount > 0 else { return [] }
        return tableColumns.map(\.name).filter { !known.contains($0) && column($0).double(0) != nil }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func bigEndian<Value: FixedWidthInteger>(_ type: Value.Type) -> Value {
        Value(bigEndian: loadUnaligned(as: type))
    }
}
