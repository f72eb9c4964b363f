import Collectors
import Observations
import Testing

@testable import Agent

@Suite("The queue before the disk")
struct RecordingQueueTests {
    private func tick(_ target: Int, rows: Int = 10, time: Double = 0) -> [TimedEvent] {
        let table = TextTable(columns: ["a"], rows: Array(repeating: ["x"], count: rows))
        let answer = SourceAnswer(source: BouncerPoolsSource.self, duration: .zero, result: .success(table))
        let events: [PipelineEvent] = [.tickBegan, .answered(answer), .tickEnded(.up, seconds: 0)]
        return events.map { TimedEvent(target: target, time: time, event: $0) }
    }

    /// `b` a tick's beginning, `a` an answer, `e` its end, `o` opened, `l` lost, a number for a gap; with the target.
    private func words(_ items: [RecordingQueue.Item]) -> [String] {
        items.map { item in
            switch item {
            case .gap(let target, _, let events): return "\(target):\(events)"
            case .event(let event):
                let letter =
                    switch event.event {
                    case .opened: "o"
                    case .lost: "l"
                    case .refused: "r"
                    case .skipped: "s"
                    case .tickBegan: "b"
                    case .answered: "a"
                    case .omitted: "-"
                    case .tickEnded: "e"
                    }
                return "\(event.target)\(letter)"
            }
        }
    }

    @Test("everything passes while the writer keeps up, in order")
    func passes() {
        var queue = RecordingQueue(limit: 10_000)
        for _ in 0..<100 {
            for event in tick(0) + tick(1) { queue.offer(event) }
            #expect(words(queue.take()) == ["0b", "0a", "0e", "1b", "1a", "1e"])
        }
        #expect(queue.omittedEvents == 0)
        #expect(queue.bytes == 0)
    }

    @Test("when it is full, whole ticks are left out and counted, and the memory stays bounded")
    func overflows() {
        var queue = RecordingQueue(limit: 5_000)
        for _ in 0..<1_000 {
            for event in tick(0) { queue.offer(event) }
            #expect(queue.bytes <= 5_000)
        }
        let first = words(queue.take())
        #expect(first.count < 20 && first.starts(with: ["0b", "0a", "0e"]))
        let kept = first.count
        // Room again: from the next tick on.
        for event in tick(0) + tick(0) { queue.offer(event) }
        #expect(words(queue.take()) == ["0:\(3_000 - kept + 3)", "0b", "0a", "0e"])
        #expect(queue.omittedEvents == 3_000 - kept + 3)
    }

    @Test("a session that changed meanwhile is told, and what others said is kept")
    func session() {
        var queue = RecordingQueue(limit: 2_400)
        for event in tick(0, rows: 0) + tick(1, rows: 1_000) { queue.offer(event) }
        queue.offer(TimedEvent(target: 1, time: 0, event: .lost))
        queue.offer(TimedEvent(target: 1, time: 0, event: .opened(version: "9")))
        #expect(words(queue.take()) == ["0b", "0a", "0e", "1b"])
        for event in tick(1, rows: 1) + tick(1, rows: 1) { queue.offer(event) }
        #expect(words(queue.take()) == ["1:7", "1o", "1b", "1a", "1e"])
    }

    @Test("what was left out to the end is told at the end")
    func close() {
        var queue = RecordingQueue(limit: 1_000)
        for event in tick(2, rows: 1_000) { queue.offer(event) }
        queue.close(at: 3)
        for event in tick(2) { queue.offer(event) }
        #expect(words(queue.take()) == ["2b", "2:2"])
        #expect(queue.isClosed)
    }
}
