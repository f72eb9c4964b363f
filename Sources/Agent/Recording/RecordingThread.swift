import Glibc
import Locking
import Observations
import Postgres

/// How a recording ended.
package enum RecordingEnding: Sendable, Equatable {
    /// As it was told to.
    case stopped
    /// The next event might have made the file larger than it may be.
    case sizeReached
    case failed(RecordingError)
}

/// What a recording holds.
package struct RecordingSummary: Sendable, Equatable {
    package struct Target: Sendable, Equatable {
        package let name: String
        package fileprivate(set) var ticks = 0
        package fileprivate(set) var samples = 0
        package fileprivate(set) var failures = 0
        /// Bytes before compression.
        package fileprivate(set) var bytes = 0
        /// The state at the last tick.
        package fileprivate(set) var state = TargetState.connecting
    }

    package fileprivate(set) var targets: [Target]
    /// Bytes of the file.
    package fileprivate(set) var size = 0
    /// Events that were left out because the disk was too slow.
    package fileprivate(set) var omittedEvents = 0
    package fileprivate(set) var ending = RecordingEnding.stopped

    fileprivate init(_ header: RecordingHeader) {
        targets = header.targets.map { Target(name: $0.profile.name) }
    }
}

/// Writes down what the samplers see, on a thread of its own: a disk may be slow, and nobody else has to wait for it.
struct RecordingThread: Sendable {
    /// The longest time that an event stays out of the file.
    private static let flushInterval: Duration = .milliseconds(500)
    private static let pause: UInt32 = 50_000

    let tap: RecordingTap
    let header: RecordingHeader
    let descriptor: Int32
    let path: String
    let sizeLimit: Int

    /// Runs until the tap is closed and empty, the size limit is reached or the file can be written no more.
    func run() async -> RecordingSummary {
        await withCheckedContinuation { continuation in
            let isStarted = startDetachedThread { continuation.resume(returning: write()) }
            guard !isStarted else { return }
            close(descriptor)
            var summary = RecordingSummary(header)
            summary.ending = .failed(RecordingError("\(path) cannot be written: the system gives no more threads"))
            continuation.resume(returning: summary)
        }
    }

    private func write() -> RecordingSummary {
        var summary = RecordingSummary(header)
        do throws(RecordingError) {
            var file = try RecordingFile.begin(descriptor: descriptor, path: path, sizeLimit: sizeLimit)
            do throws(RecordingError) {
                summary.ending = try write(to: &file, &summary)
                try file.finish()
            } catch {
                summary.ending = .failed(error)
            }
            summary.size = file.size
        } catch {
            summary.ending = .failed(error)
        }
        summary.omittedEvents = tap.omittedEvents
        return summary
    }

    private func write(
        to file: inout RecordingFile, _ summary: inout RecordingSummary
    ) throws(RecordingError) -> RecordingEnding {
        var writer = RecordingWriter(header)
        try file.append(writer.beginning)
        try file.flush()
        var flushed = ContinuousClock.now
        while true {
            let (items, isLast) = tap.take()
            for item in items {
                let records: [UInt8]
                switch item {
                case .event(let event): records = writer.records(of: event)
                case .gap(let target, let time, let events):
                    records = writer.gap(target: target, time: time, events: events)
                }
                guard file.hasRoom(for: records.count) else { return .sizeReached }
                try file.append(records)
                summary.count(item, bytes: records.count)
            }
            if ContinuousClock.now - flushed >= Self.flushInterval {
                try file.flush()
                flushed = .now
            }
            if isLast { return .stopped }
            usleep(Self.pause)
        }
    }
}

extension RecordingSummary {
    fileprivate mutating func count(_ item: RecordingQueue.Item, bytes: Int) {
        guard case .event(let event) = item else { return }
        targets[event.target].bytes += bytes
        switch event.event {
        case .tickEnded(let state, _):
            targets[event.target].ticks += 1
            targets[event.target].state = state
        case .answered(let answer):
            if answer.failure == nil {
                targets[event.target].samples += 1
            } else if answer.failure != .skipped {
                targets[event.target].failures += 1
            }
        case .opened, .lost, .refused, .skipped, .tickBegan, .omitted: break
        }
    }
}
