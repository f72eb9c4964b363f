import Locking
import WebServer

/// Answers made from what the store holds: each form at most once per publication, at the first request after it, and
/// shared by all who ask.
///
/// Whatever the targets' intervals are, no answer is older than `lifetime`: the agent's own figures change without a
/// publication, and so do ages.
final class ReplyCache<Form: Hashable & Sendable>: Sendable {
    private struct Made {
        let view: SnapshotStore.View
        let since: ContinuousClock.Instant
        var replies: [Form: SharedOnce<PreparedReply>] = [:]
    }

    private let store: SnapshotStore
    private let lifetime: Duration
    // Guards which view the replies are made from, and which there are; never their making.
    private let made = Guarded<Made?>(nil)

    init(_ store: SnapshotStore, lifetime: Duration = .seconds(1)) {
        self.store = store
        self.lifetime = lifetime
    }

    /// The answer in a form. Blocks while another thread makes it.
    /// - Parameter isKept: Whether it is kept for others, given the forms that are.
    func reply(
        _ form: Form, keeping isKept: ([Form]) -> Bool = { _ in true },
        make: (SnapshotStore.View, Form) -> PreparedReply
    ) -> PreparedReply {
        let now = ContinuousClock.now
        let (view, shared) = made.withLock { kept in
            var made = kept ?? Made(view: store.current, since: now)
            if made.view.generation != store.generation || now - made.since >= lifetime {
                made = Made(view: store.current, since: now)
            }
            let known = made.replies[form]
            let shared = known ?? SharedOnce<PreparedReply>()
            if known == nil, isKept(Array(made.replies.keys)) { made.replies[form] = shared }
            kept = made
            return (made.view, shared)
        }
        return shared.value { make(view, form) }
    }
}
