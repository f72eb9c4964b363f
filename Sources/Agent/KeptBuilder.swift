import Exposition
import Locking

/// A builder that is kept from one snapshot to the next, which it makes cheaper, and changes nothing.
final class KeptBuilder: Sendable {
    private let empty: SnapshotBuilder
    // Guards the builder; nil while somebody uses it. Nothing is built under the lock.
    private let builder: Guarded<SnapshotBuilder?>

    init(_ empty: SnapshotBuilder) {
        self.empty = empty
        builder = Guarded(empty)
    }

    /// Builds a snapshot. Who comes while another builds one begins with an empty builder.
    func snapshot(_ build: (inout SnapshotBuilder) -> Snapshot) -> Snapshot {
        var builder = take() ?? empty
        let snapshot = build(&builder)
        self.builder.withLock { [builder] in $0 = builder }
        return snapshot
    }

    private func take() -> SnapshotBuilder? {
        builder.withLock { builder in
            defer { builder = nil }
            return builder
        }
    }
}
