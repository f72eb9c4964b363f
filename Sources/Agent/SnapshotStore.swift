import Exposition
import Locking
import Observations

/// A target as people see it: on the landing page and in the readiness check.
package struct TargetStatus: Sendable, Equatable {
    package let profile: TargetProfile
    package let state: TargetState
    /// What the last failure said; nil when all is well.
    package let sentence: String?
    package let version: String
    /// Whether the target was tried at least once.
    package let wasTried: Bool
}

/// What the agent knows now: one snapshot per target and one of its own. Publishing swaps a reference.
package final class SnapshotStore: Sendable {
    /// Everything published, at one moment.
    package struct View: Sendable {
        /// Grows with every publication: two views with one generation are the same.
        package fileprivate(set) var generation: UInt64 = 0
        package fileprivate(set) var own = Snapshot.empty
        package fileprivate(set) var snapshots: [Snapshot]
        package fileprivate(set) var statuses: [TargetStatus]
        /// Of each target; empty unless somebody who is known may see them.
        fileprivate(set) var sessions: [SessionDetails]
        /// What only a reader needs, made when it is called.
        package let momentary: @Sendable () -> Snapshot
    }

    // Guards the view; it is copied out as a whole.
    private let view: Guarded<View>

    /// - Parameter momentary: What costs too much to be made each second, though nobody may read it.
    package init(targets: [TargetProfile], momentary: @escaping @Sendable () -> Snapshot = { .empty }) {
        let statuses = targets.map {
            TargetStatus(profile: $0, state: .connecting, sentence: nil, version: "", wasTried: false)
        }
        view = Guarded(
            View(
                snapshots: targets.map { _ in .empty }, statuses: statuses, sessions: targets.map { _ in .none },
                momentary: momentary))
    }

    package var current: View { view.withLock { $0 } }

    package func publish(_ snapshot: Snapshot, _ status: TargetStatus, at index: Int) {
        publish(snapshot, status, .none, at: index)
    }

    func publish(_ snapshot: Snapshot, _ status: TargetStatus, _ sessions: SessionDetails, at index: Int) {
        view.withLock {
            $0.sessions[index] = sessions
            $0.snapshots[index] = snapshot
            $0.statuses[index] = status
            $0.generation += 1
        }
    }

    package func publishOwn(_ snapshot: Snapshot) {
        view.withLock {
            $0.own = snapshot
            $0.generation += 1
        }
    }
}
