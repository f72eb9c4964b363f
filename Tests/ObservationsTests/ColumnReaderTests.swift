import Observations
import Testing

@Suite("Reading columns by name")
struct ColumnReaderTests {
    /// A table with one row of binary values.
    private struct BinaryTable: ResultTable {
        let tableColumns: [TableColumn]
        let values: [[UInt8]?]
        var rowCount: Int { 1 }

        init(_ columns: [(name: String, type: UInt32, bytes: [UInt8]?)]) {
            tableColumns = columns.map { TableColumn(name: $0.name, typeOID: $0.type, isBinary: true) }
            values = columns.map(\.bytes)
        }

        func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
            guard let bytes = values[column] else { return body(nil) }
            return bytes.withUnsafeBytes { body($0) }
        }
    }

    @Test("binary integers of every width, floats, booleans and times")
    func binary() {
        let table = BinaryTable([
            ("i2", TypeOID.int2, [0xFF, 0xFE]), ("i4", TypeOID.int4, [0xFF, 0xFF, 0xFF, 0xFB]),
            ("i8", TypeOID.int8, [0, 0, 0, 1, 0, 0, 0, 0]), ("oid", TypeOID.oid, [0xFF, 0xFF, 0xFF, 0xFF]),
            ("f8", TypeOID.float8, [0x3F, 0xF8, 0, 0, 0, 0, 0, 0]), ("f4", TypeOID.float4, [0x3F, 0xC0, 0, 0]),
            ("b", TypeOID.bool, [1]), ("t", TypeOID.timestamptz, [0, 0, 0, 0, 0, 0x0F, 0x42, 0x40]),
            ("n", TypeOID.int4, nil),
        ])
        #expect(table.column("i2").integer(0) == -2)
        #expect(table.column("i4").integer(0) == -5)
        #expect(table.column("i8").integer(0) == 4_294_967_296)
        #expect(table.column("oid").integer(0) == 4_294_967_295)
        #expect(table.column("f8").double(0) == 1.5)
        #expect(table.column("f4").double(0) == 1.5)
        #expect(table.column("i4").double(0) == -5)
        #expect(table.column("b").bool(0) == true)
        #expect(table.column("t").time(0) == ServerTime(microseconds: 1_000_000))
        #expect(table.column("n").integer(0) == nil)
        #expect(table.column("i4").time(0) == nil)
    }

    @Test("bytes of the wrong length are no value rather than a wrong one")
    func wrongLength() {
        let table = BinaryTable([
            ("i4", TypeOID.int4, [1, 2]), ("f8", TypeOID.float8, [1]), ("b", TypeOID.bool, []),
            ("t", TypeOID.timestamptz, [1, 2, 3]),
        ])
        #expect(table.column("i4").integer(0) == nil)
        #expect(table.column("f8").double(0) == nil)
        #expect(table.column("b").bool(0) == nil)
        #expect(table.column("t").time(0) == nil)
    }

    @Test("bytes that are not UTF-8 become valid text")
    func invalidUTF8() {
        let table = BinaryTable([("name", TypeOID.text, [0x61, 0xFF, 0x62])])
        #expect(table.column("name").text(0) == "a\u{FFFD}b")
    }

    @Test("a missing column reads as NULL; a missing required one is named in a sentence")
    func missing() throws {
        let table = TextTable(columns: ["database"], rows: [["x"]])
        #expect(table.column("user").text(0) == nil)
        let error = #expect(throws: DecodeError.self) { try table.required("user") }
        #expect(error?.description == "the answer has no column “user”; it has: database")
    }

    @Test("new numeric columns are noticed, new text columns and known ones are not")
    func unknown() {
        let table = TextTable(columns: ["database", "a", "b", "c"], rows: [["x", "1", "2.5", "text"]])
        #expect(table.unknownNumericColumns(known: ["database", "a"]) == ["b"])
    }
}

@Suite("Server time")
struct ServerTimeTests {
    @Test("ages are never negative, and nonsense does not trap")
    func ages() {
        let early = ServerTime(microseconds: 0)
        let late = ServerTime(microseconds: 1_500_000)
        #expect(late.seconds(since: early) == 1.5)
        #expect(early.seconds(since: late) == 0)
        #expect(ServerTime(microseconds: .max).seconds(since: ServerTime(microseconds: .min)) == 0)
    }

    @Test("PostgreSQL's epoch is 2000-01-01")
    func epoch() {
        #expect(ServerTime(microseconds: 0).unixSeconds == 946_684_800)
        #expect(ServerTime(unixSeconds: 946_684_801).microseconds == 1_000_000)
    }
}
