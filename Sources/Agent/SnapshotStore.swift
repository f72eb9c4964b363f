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

/// What the agent knows now: one snapshot per target, made for the first who asks for it. Publishing swaps references.
package final class SnapshotStore: Sendable {
    /// Everything published, at one moment.
    package struct View: Sendable {
        /// Grows with every publication: two views with one generation are the same.
        package fileprivate(set) var generation: UInt64 = 0
        package fileprivate(set) var statuses: [TargetStatus]
        /// Of each target; empty unless somebody who is known may see them.
        fileprivate(set) var sessions: [SessionDetails]
        fileprivate let makeOwn: @Sendable () -> Snapshot
        fileprivate var published: [PublishedSnapshot]
        fileprivate var publishedOwn: PublishedSnapshot

        /// What the agent says of itself, at the first look at this view: nobody may ever look. Blocks as below.
        package var own: Snapshot { publishedOwn.value }

        /// The targets' families. Blocks while another thread makes them: for threads that may, not for tasks.
        package var snapshots: [Snapshot] { published.map(\.value) }
    }

    // Guards the view; it is copied out as a whole.
    private let view: Guarded<View>

    /// - Parameter own: Makes the agent's own families.
    package init(targets: [TargetProfile], own: @escaping @Sendable () -> Snapshot = { .empty }) {
        let statuses = targets.map {
            TargetStatus(profile: $0, state: .connecting, sentence: nil, version: "", wasTried: false)
        }
        view = Guarded(
            View(
                statuses: statuses, sessions: targets.map { _ in .none }, makeOwn: own,
                published: targets.map { _ in PublishedSnapshot { .empty } }, publishedOwn: PublishedSnapshot(own)))
    }

    /// What is published; the agent's own families are made anew for each view.
    package var current: View {
        var current = view.withLock { $0 }
        current.publishedOwn = PublishedSnapshot(current.makeOwn)
        return current
    }

    /// That of the present view.
    var generation: UInt64 { view.withLock { $0.generation } }

    package func publish(_ snapshot: Snapshot, _ status: TargetStatus, at index: Int) {
        publish(status, .none, at: index) { snapshot }
    }

    /// - Parameter snapshot: Makes the families as they are after this publication; called at most once, on any thread.
    func publish(
        _ status: TargetStatus, _ sessions: SessionDetails, at index: Int,
        snapshot: @escaping @Sendable () -> Snapshot
    ) {
        let published = PublishedSnapshot(snapshot)
        view.withLock {
            $0.sessions[index] = sessions
            $0.published[index] = published
            $0.statuses[index] = status
            $0.generation += 1
        }
    }
}

/// A target's families after one tick, made by whoever asks first: most ticks nobody does.
final class PublishedSnapshot: Sendable {
    private let once = SharedOnce<Snapshot>()
    private let make: @Sendable () -> Snapshot

    init(_ make: @escaping @Sendable () -> Snapshot) {
        self.make = make
    }

    /// Blocks while another thread makes them.
    var value: Snapshot { once.value(make) }
}
