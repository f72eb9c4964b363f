import Exposition
import Locking
import WebServer

/// `/metrics`: encoded at most once per publication, at the first request after it, and shared by all requests.
final class MetricsPage: Sendable {
    private struct Encoded {
        var generation: UInt64?
        var reply = SharedOnce<PreparedReply>()
    }

    private let store: SnapshotStore
    // Guards which generation the reply belongs to, never the encoding.
    private let encoded = Guarded(Encoded())

    init(store: SnapshotStore) {
        self.store = store
    }

    func reply() -> PreparedReply {
        let view = store.current
        let shared = encoded.withLock { encoded in
            // A request that read the view before another's publication must not put the clock back.
            if encoded.generation.map({ $0 < view.generation }) ?? true {
                encoded = Encoded(generation: view.generation)
            }
            return encoded.reply
        }
        return shared.value { Self.encode(view) }
    }

    private static func encode(_ view: SnapshotStore.View) -> PreparedReply {
        let families = Snapshot.merging(view.snapshots + [view.own])
        return PreparedReply(
            status: 200, contentType: TextEncoder.contentType, body: TextEncoder.encode(families))
    }
}
