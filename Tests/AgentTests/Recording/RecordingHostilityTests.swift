import Collectors
import Compression
import Foundation
import Observations
import TestSupport
import Testing

@testable import Agent

@Suite("Hostile recordings")
struct RecordingHostilityTests {
    /// Plays a stream as `poolscope replay --every-tick` does.
    private func play(_ bytes: [UInt8]) throws(RecordingError) -> Int {
        var replay: Replay?
        var ticks = 0
        _ = try read(bytes) { item in
            switch item {
            case .header(let header): replay = Replay(header)
            case .gap: break
            case .event(let event, let rows):
                if replay?.apply(event, rows: rows) != nil { ticks += 1 }
            }
        }
        if let replay { _ = replay.families }
        return ticks
    }

    @Test(
        "flipped bits and random bytes are an error with its place, or other figures, never a crash", arguments: 0..<8)
    func flips(seed: UInt64) {
        var random = RandomEvents(seed: seed)
        let original = seed % 2 == 0 ? random.recording(events: 30).bytes : SampleRecording.versions().bytes
        for _ in 0..<40 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random.random) {
                let index = Int.random(in: 22..<bytes.count, using: &random.random)
                bytes[index] =
                    Bool.random(using: &random.random)
                    ? bytes[index] ^ (1 << UInt8.random(in: 0..<8, using: &random.random))
                    : UInt8.random(in: 0...255, using: &random.random)
            }
            do {
                _ = try play(bytes)
            } catch {
                #expect(error.description.contains(", at byte "), "\(error)")
            }
        }
    }

    @Test(
        "sizes that lie take no memory",
        arguments: [
            // A record of 4 GiB; rows of which there are too many; a text that is too long; a number without end.
            ("a record", [0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),
            ("rows", [0x0A, 0x14, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0xC0, 0x84, 0x3D]),
            ("bytes of text", [0x07, 0x10, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0x0F]),
            ("64 bits", [0x0C, 0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0x00]),
        ] as [(String, [UInt8])])
    func lies(_ part: String, _ bytes: [UInt8]) {
        let beginning = RecordingWriter(RandomEvents(seed: 0).header).beginning
        // A source and a set of one column, both with the number 0, for the record of rows.
        var source = RecordBuilder(.source)
        source.add(0)
        source.add("lists")
        var columns = RecordBuilder(.columns)
        for number in [0, 1] { columns.add(number) }
        columns.add("list")
        for number in [25, 0] { columns.add(number) }
        let error = #expect(throws: RecordingError.self) {
            _ = try play(beginning + source.framed + columns.framed + bytes)
        }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains(", at byte ") == true)
    }

    @Test("a few bytes that refer to a large value again and again are refused")
    func amplification() throws {
        var writer = RecordingWriter(RandomEvents(seed: 0).header)
        var bytes = writer.beginning
        let columns = [TableColumn(name: "a", typeOID: 25, isBinary: false)]
        let table = RecordedTable(columns, [[[UInt8](repeating: 1, count: 1 << 20)]])
        let answer = SourceAnswer(source: BouncerPoolsSource.self, duration: .zero, result: .success(table))
        bytes += writer.records(of: TimedEvent(target: 1, time: 0, event: .answered(answer)))
        var record = RecordBuilder(.rows)
        for number in [1, 0, 0, 0, 0, 0, 1_000] { record.add(number) }
        record.add(UInt64(1 << 20) + RecordingFormat.cellBytes)
        record.add(raw: [UInt8](repeating: 1, count: 1 << 20))
        for _ in 1..<1_000 { record.add(RecordingFormat.cellAsAbove) }
        let error = #expect(throws: RecordingError.self) { _ = try play(bytes + record.framed) }
        #expect(error?.description.contains("more than 64 MiB") == true, "\(error?.description ?? "")")
    }

    @Test("what a newer Poolscope recorded is left out, said once, and the rest is played")
    func newer() throws {
        var random = RandomEvents(seed: 5)
        var writer = RecordingWriter(random.header)
        var bytes = writer.beginning
        var source = RecordBuilder(.source)
        source.add(9)
        source.add("telepathy")
        var columns = RecordBuilder(.columns)
        for number in [9, 1] { columns.add(number) }
        columns.add("thought")
        for number in [25, 0] { columns.add(number) }
        var answer = RecordBuilder(.rows)
        // Target, time, source, duration, columns, flags, rows; and a value of one byte.
        for number in [0, 0, 9, 0, 9, 0, 1, 4, 65] { answer.add(number) }
        let unknownKind: [UInt8] = [3, 200, 1, 2]
        bytes += source.framed + columns.framed
        for _ in 0..<3 { bytes += answer.framed + unknownKind }
        bytes += writer.records(of: TimedEvent(target: 0, time: 1, event: .tickEnded(.up, seconds: 0)))
        var events = 0
        let reader = try read(bytes) { if case .event = $0 { events += 1 } }
        #expect(events == 1)
        #expect(reader.warnings.count == 2)
        #expect(reader.warnings.contains { $0.contains("“telepathy”") })
        _ = random.event()
    }

    @Test("a newer format, another file and no header are refused in a sentence")
    func notReadable() {
        let table: [(String, String)] = [
            ("poolscope recording 2\n", "format 2, of a newer Poolscope"), ("poolscope recording \n", "no recording"),
            ("poolscope recording 00000000000001\n", "no recording"), ("poolscope recording x\n", "no recording"),
            ("# HELP up\n", "no recording"), ("poolscope recording 1\n\u{01}\u{13}", "no header"),
        ]
        for (text, words) in table {
            let error = #expect(throws: RecordingError.self) { _ = try play(Array(text.utf8)) }
            #expect(error?.description.contains(words) == true, "\(text): \(error?.description ?? "")")
        }
    }

    @Test("files: damaged and cut ones, through gzip")
    func files() async throws {
        let compressed = try Gzip.compress(SampleRecording.versions().bytes)
        try await withPrivateDirectory { directory in
            let path = try directory.write("", to: "a.rec")
            var random = SeededRandom(seed: 9)
            func ticks(_ bytes: [UInt8]) throws -> (Int, [String]) {
                try Data(bytes).write(to: URL(filePath: path))
                var player = try RecordingPlayer(path: path)
                var count = 0
                while let tick = try player.nextTick() { count = tick.number }
                return (count, player.takeWarnings())
            }
            #expect(try ticks(compressed) == (SampleRecording.versions().ticks, []))
            for _ in 0..<60 {
                let cut = Array(compressed.prefix(Int.random(in: 0..<compressed.count, using: &random)))
                do {
                    let (count, warnings) = try ticks(cut)
                    #expect(warnings == ["the recording ends early, after tick \(count)"])
                } catch let error as RecordingError {
                    // There is not even a header.
                    #expect(error.description.contains("header") || error.description.contains("empty"), "\(error)")
                }
                var damaged = compressed
                damaged[Int.random(in: damaged.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                do {
                    _ = try ticks(damaged)
                } catch let error as RecordingError {
                    #expect(error.description.hasPrefix(path), "\(error)")
                }
            }
            #expect(throws: RecordingError.self) { try ticks(compressed + [1, 2, 3]) }
            #expect(throws: RecordingError.self) { try ticks(SampleRecording.versions().bytes) }
        }
    }
}
