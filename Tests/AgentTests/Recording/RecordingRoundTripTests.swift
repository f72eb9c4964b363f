import Collectors
import Observations
import TestSupport
import Testing

@testable import Agent

@Suite("Recordings")
struct RecordingRoundTripTests {
    @Test("what was recorded is read again, to the last byte, however it arrives", arguments: 0..<20)
    func roundTrip(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        let (bytes, events) = random.recording(events: 60)
        var read: [TimedEvent] = []
        var header: RecordingHeader?
        let reader = try AgentTests.read(bytes, pieces: [1, 7, 1_000, .max].randomElement(using: &random.random)!) {
            switch $0 {
            case .header(let it): header = it
            case .event(let event, _): read.append(event)
            case .gap: Issue.record("a gap out of nothing")
            }
        }
        #expect(header == random.header)
        #expect(read.count == events.count)
        for (read, event) in zip(read, events) where read.words != event.words || read.table != event.table {
            Issue.record("\(read.words.prefix(500)) instead of \(event.words.prefix(500))")
            return
        }
        #expect(reader.isBetweenRecords)
        #expect(reader.warnings == [])
    }

    @Test("a recording cut anywhere is read up to its last whole record")
    func truncation() throws {
        var random = RandomEvents(seed: 1)
        let (bytes, events) = random.recording(events: 40)
        let words = events.map(\.words)
        for _ in 0..<200 {
            let cut = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random.random)))
            var read: [String] = []
            _ = try AgentTests.read(cut) {
                if case .event(let event, _) = $0 { read.append(event.words) }
            }
            #expect(read.elementsEqual(words.prefix(read.count)))
        }
    }

    @Test("sampling rules come back")
    func rules() throws {
        var rules = SamplingRules()
        rules.slow.seconds = 0.1
        rules.slow.overrides = [
            .init(database: "shop", seconds: 2.5), .init(user: "batch", seconds: 3_600),
            .init(database: "a", user: "b", seconds: 1),
        ]
        rules.leakSeconds = 1e6
        rules.seriesLimit = 17
        rules.serverBudget = 0.0005
        rules.labels = LabelRules([
            LabelRule(
                .applicationName, .replace, pattern: try LabelPattern("web-(\\d+)"),
                replacement: try LabelReplacement("web $1", groupCount: 1)),
            LabelRule(.user, .drop), LabelRule(.database, .keep, pattern: try LabelPattern("a|b")),
        ])
        let header = RecordingHeader(
            agentVersion: "9", startTime: 0,
            targets: [.init(profile: TargetProfile(name: "t", kind: .postgres, rules: rules), interval: .seconds(3))],
            includesQueryText: true)
        var read: RecordingHeader?
        _ = try AgentTests.read(RecordingWriter(header).beginning) {
            if case .header(let it) = $0 { read = it }
        }
        #expect(read == header)
    }

    @Test("an answer beyond all limits becomes a gap")
    func tooLarge() throws {
        var writer = RecordingWriter(RandomEvents(seed: 0).header)
        let rows = TextTable(columns: ["a"], rows: Array(repeating: ["x"], count: RecordingFormat.rowLimit + 1))
        let answer = SourceAnswer(source: BouncerPoolsSource.self, duration: .zero, result: .success(rows))
        var gaps: [Int] = []
        let bytes = writer.beginning + writer.records(of: TimedEvent(target: 1, time: 5, event: .answered(answer)))
        _ = try AgentTests.read(bytes) {
            if case .gap(1, let events) = $0 { gaps.append(events) }
        }
        #expect(gaps == [1])
    }

    @Test("more sets of columns than there are numbers for are no trouble")
    func columnSets() throws {
        var writer = RecordingWriter(RandomEvents(seed: 0).header)
        var bytes = writer.beginning
        let count = RecordingFormat.numberLimit + 50
        for index in 0..<count {
            let table = TextTable(columns: ["c\(index)"], rows: [["\(index)"]])
            let answer = SourceAnswer(source: BouncerPoolsSource.self, duration: .zero, result: .success(table))
            bytes += writer.records(of: TimedEvent(target: 1, time: 5, event: .answered(answer)))
        }
        var names: [String] = []
        _ = try AgentTests.read(bytes) {
            guard case .event(let event, _) = $0, case .answered(let answer) = event.event,
                case .success(let table) = answer.result
            else { return }
            names.append(table.tableColumns[0].name)
        }
        #expect(names == (0..<count).map { "c\($0)" })
    }

    @Test("a sample that says what the one before said takes hardly any room")
    func compact() throws {
        var random = RandomEvents(seed: 3)
        let columns = (0..<18).map { TableColumn(name: "c\($0)", typeOID: 25, isBinary: false) }
        var rows = (0..<100).map { row in (0..<18).map { Array("value \(row) of column \($0)".utf8) as [UInt8]? } }
        let first = RecordedTable(columns, rows)
        rows.remove(at: 40)
        rows.insert((0..<18).map { _ in random.value() }, at: 70)
        var record = RecordBuilder(.rows)
        TableCoding.encode(RecordedTable(columns, rows), last: first, into: &record)
        // A byte for each value, one for each row's place, and the new row.
        #expect(record.bytes.count < 100 * 19 + 18 * 260)
    }
}
