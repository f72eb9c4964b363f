import Locking

/// Stands between the samplers, which must not wait, and the thread that writes.
final class RecordingTap: SampleTap {
    /// Bytes of events that wait to be written.
    private static let queueLimit = 64 << 20

    // Guards the events that wait.
    private let queue = Guarded(RecordingQueue(limit: queueLimit))

    func record(_ event: TimedEvent) {
        queue.withLock { $0.offer(event) }
    }

    /// What waits, and whether nothing will come after it.
    func take() -> (items: [RecordingQueue.Item], isLast: Bool) {
        queue.withLock { ($0.take(), $0.isClosed) }
    }

    /// Events that were left out so far, because the writer was too slow.
    var omittedEvents: Int { queue.withLock { $0.omittedEvents } }

    /// No more events will come.
    func close() {
        let now = WallTime.now
        queue.withLock { $0.close(at: now) }
    }
}
