import TestSupport
import Testing

@testable import Observations

@Suite("The words of pg_stat_activity")
struct ActivityVocabularyTests {
    /// Rows of raw bytes, by column.
    private struct RawTable: ResultTable {
        let tableColumns: [TableColumn]
        let rows: [[[UInt8]?]]

        init(_ columns: [String], _ rows: [[[UInt8]?]]) {
            tableColumns = columns.map { TableColumn(name: $0, typeOID: TypeOID.text, isBinary: true) }
            self.rows = rows
        }

        var rowCount: Int { rows.count }

        func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
            guard let bytes = rows[row][column] else { return body(nil) }
            return bytes.withUnsafeBytes { body($0) }
        }
    }

    private func number(_ text: String, in table: inout WordTable, guess: Int32 = -1) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            table.number(of: UnsafeRawBufferPointer(bytes), guess: guess) { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test("the same bytes have the same number, others another, however many there are and whatever was guessed")
    func numbers() {
        var table = WordTable()
        var random = SeededRandom(seed: 1)
        let texts = [""] + (0..<3_000).map { String(repeating: "ä", count: $0 % 40) + "\($0)" }
        let numbers = texts.map { number($0, in: &table) }
        #expect(Set(numbers).count == texts.count && table.count == texts.count)
        for _ in 0..<10_000 {
            let index = Int.random(in: texts.indices, using: &random)
            let guess = Int32.random(in: -1..<Int32(texts.count), using: &random)
            #expect(number(texts[index], in: &table, guess: guess) == numbers[index])
        }
        #expect(zip(texts, numbers).allSatisfy { table[$1] == $0 })
        #expect(table.count == texts.count)
    }

    @Test("rows that say the same share their traits, over samples too; NULL is not the empty text")
    func shared() {
        let table = RawTable(
            ["datname", "application_name", "state"],
            [
                [Array("shop".utf8), Array("web".utf8), Array("idle".utf8)],
                [Array("shop".utf8), Array("web".utf8), Array("idle".utf8)],
                [nil, Array("web".utf8), nil],
                [[], Array("web".utf8), nil],
            ])
        var vocabulary = ActivityVocabulary()
        func read() -> [BackendTraits] {
            vocabulary.begin(rows: table.rowCount)
            let columns = ActivityVocabulary.Columns(table)
            return (0..<table.rowCount).map { vocabulary.traits(columns, row: $0) }
        }
        let first = read()
        #expect(first[0] === first[1] && first[0].state == .idle && first[0].database == "shop")
        #expect(first[0].user == nil && first[0].backendType == nil, "columns that are not there")
        #expect(first[2].database == nil && first[3].database == "" && first[2] != first[3])
        #expect(zip(read(), first).allSatisfy { $0 === $1 })
        #expect(vocabulary.traitsCount == 3 && vocabulary.wordCount == 4)
    }

    @Test("bytes that are not UTF-8 are replaced, and those of different bytes that read the same are equal")
    func invalid() {
        let table = RawTable(["application_name"], [[[0x61, 0xFF]], [[0x61, 0xFE]], [Array("a\u{FFFD}".utf8)]])
        var vocabulary = ActivityVocabulary()
        let columns = ActivityVocabulary.Columns(table)
        let traits = (0..<3).map { vocabulary.traits(columns, row: $0) }
        #expect(traits.allSatisfy { $0.applicationName == "a\u{FFFD}" })
        #expect(Set(traits).count == 1)
        let rows = traits.enumerated().map { ActivityRow(pid: Int32($0.offset), traits: $0.element) }
        #expect(ActivitySample(sampledAt: ServerTime(microseconds: 0), rows: rows).groups.map(\.count) == [3])
    }

    @Test("it is bounded although clients invent names without end, in number and in bytes")
    func bounded() {
        var vocabulary = ActivityVocabulary()
        var (mostWords, mostTraits) = (0, 0)
        for sample in 0..<200 {
            let rows = (0..<100).map { [Array("app-\(sample)-\($0)".utf8) as [UInt8]?] }
            let table = RawTable(["application_name"], rows)
            vocabulary.begin(rows: rows.count)
            let columns = ActivityVocabulary.Columns(table)
            for row in rows.indices {
                #expect(vocabulary.traits(columns, row: row).applicationName == "app-\(sample)-\(row)")
            }
            (mostWords, mostTraits) = (max(mostWords, vocabulary.wordCount), max(mostTraits, vocabulary.traitsCount))
        }
        #expect(mostWords > 3_000, "it remembers")
        #expect(max(mostWords, mostTraits) <= ActivityVocabulary.spareWords + 3 * 100)
        let long = RawTable(["application_name"], [[Array(repeating: 0x61, count: 10_000_000)]])
        _ = vocabulary.traits(ActivityVocabulary.Columns(long), row: 0)
        vocabulary.begin(rows: 1)
        #expect(vocabulary.wordCount == 0)
    }

    @Test("a role that was dropped under its session has no name")
    func dropped() {
        let table = RawTable(["usename"], [[Array("unknown (OID=16390)".utf8)], [Array("unknown".utf8)]])
        var vocabulary = ActivityVocabulary()
        let columns = ActivityVocabulary.Columns(table)
        #expect(vocabulary.traits(columns, row: 0).user == nil)
        #expect(vocabulary.traits(columns, row: 1).user == "unknown")
    }

    @Test("an address is written as host() writes it")
    func addresses() {
        func host(_ family: UInt8, _ bytes: [UInt8]) -> String? {
            ([family, UInt8(bytes.count * 8), 0, UInt8(bytes.count)] + bytes).withUnsafeBytes { InetText.host($0) }
        }
        func six(_ groups: UInt16...) -> [UInt8] { groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] } }
        #expect(host(2, [10, 0, 0, 7]) == "10.0.0.7")
        #expect(host(2, [255, 255, 255, 255]) == "255.255.255.255")
        #expect(host(3, six(0, 0, 0, 0, 0, 0, 0, 1)) == "::1")
        #expect(host(3, six(0, 0, 0, 0, 0, 0, 0, 0)) == "::")
        #expect(host(3, six(0xFE80, 0, 0, 0, 0x1, 0, 0, 0xABCD)) == "fe80::1:0:0:abcd")
        #expect(host(3, six(0x2001, 0xDB8, 0, 1, 0, 0, 0, 1)) == "2001:db8:0:1::1")
        #expect(host(3, six(0x2001, 0xDB8, 0, 1, 2, 3, 4, 5)) == "2001:db8:0:1:2:3:4:5")
        #expect(host(3, six(0x2001, 0xDB8, 1, 2, 3, 4, 0, 0)) == "2001:db8:1:2:3:4::")
        #expect(host(3, six(0, 0, 0, 0, 0, 0xFFFF, 0xA00, 7)) == "::ffff:10.0.0.7")
        #expect(host(3, six(0, 0, 0, 0, 0, 0, 0xA00, 7)) == "::10.0.0.7")
        #expect(host(2, [10, 0, 0]) == nil && host(9, [10, 0, 0, 7]) == nil)
        #expect([UInt8]([2, 32]).withUnsafeBytes { InetText.host($0) } == nil)
    }
}
