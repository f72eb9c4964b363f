import Exposition
import Observations

/// The idle sessions of one group at one moment.
package struct IdleSessions: Sendable, Equatable {
    package var count = 0
    /// Those that have been idle for longer than the threshold.
    package var beyondThreshold = 0

    package init(count: Int = 0, beyondThreshold: Int = 0) {
        self.count = count
        self.beyondThreshold = beyondThreshold
    }

    mutating func add(_ other: IdleSessions) {
        count += other.count
        beyondThreshold += other.beyondThreshold
    }
}

/// Tells connections that leak from those that a pool keeps.
///
/// A pool's idle connections come and go, or stay as many as they are; those that leak are never taken again, so that
/// the least number of idle ones, the floor, rises and rises. Floors are taken over windows of half the threshold. A
/// group leaks when its floors did not fall over the last windows and rose at least twice: a step that then stays, as
/// when a pool is made larger, rises once.
package struct LeakDetector: Sendable {
    /// How many whole windows are looked at; they are three thresholds long.
    static let windows = 6
    /// With fewer whole windows nothing is known.
    static let leastWindows = 3

    private struct Group {
        /// Of the last whole windows.
        var floors: [Int] = []
        /// The least number in this window; nil when it was not watched from its start.
        var minimum: Int?
    }

    private let window: Double
    private var groups: [Labels: Group] = [:]
    private var windowStart: ServerTime?
    private var wasInterrupted = false

    /// - Parameter threshold: idle for so many seconds, a connection may be a leak.
    package init(threshold: Double) {
        window = threshold / 2
    }

    /// How many groups are remembered: bounded by twice those of a sample and a few.
    var groupCount: Int { groups.count }

    /// Says that samples were missed: how low the floor was meanwhile is not known.
    package mutating func interrupt() {
        wasInterrupted = true
    }

    /// Takes in the groups with idle sessions; returns how many connections each leaks, where that is known.
    package mutating func observe(_ sample: [Labels: IdleSessions], at now: ServerTime) -> [Labels: Int] {
        let isNewWindow = turnWindow(at: now)
        for index in groups.indices {
            let idle = sample[groups.keys[index]]?.count ?? 0
            if let minimum = groups.values[index].minimum { groups.values[index].minimum = min(minimum, idle) }
        }
        for (labels, idle) in sample where groups[labels] == nil {
            groups[labels] = Group(minimum: isNewWindow ? idle.count : nil)
        }
        if groups.count > 2 * sample.count + 100 { groups = groups.filter { sample[$0.key] != nil } }
        return sample.reduce(into: [:]) { leaks, entry in
            leaks[entry.key] = groups[entry.key].flatMap { Self.leaked($0, entry.value) }
        }
    }

    /// Ends the window when it is long enough, and says whether one begins with this sample.
    private mutating func turnWindow(at now: ServerTime) -> Bool {
        if wasInterrupted {
            for labels in groups.keys { groups[labels]?.minimum = nil }
            wasInterrupted = false
        }
        guard let start = windowStart, start <= now else {
            // The first sample, or a clock that was set back.
            for labels in groups.keys { groups[labels]?.minimum = nil }
            windowStart = now
            return true
        }
        guard now.seconds(since: start) >= window else { return false }
        for (labels, group) in groups {
            var next = group
            if let floor = group.minimum { next.floors = (group.floors + [floor]).suffix(Self.windows) }
            next.minimum = .max
            groups[labels] = next
        }
        windowStart = now
        return true
    }

    private static func leaked(_ group: Group, _ idle: IdleSessions) -> Int? {
        let floors = group.floors
        guard floors.count >= leastWindows, let first = floors.first, let last = floors.last else { return nil }
        let steps = zip(floors, floors.dropFirst())
        guard steps.allSatisfy({ $0 <= $1 }), steps.count(where: { $0 < $1 }) >= 2 else { return 0 }
        // What has been taken again since the last window ended did not leak.
        return max(0, min(idle.beyondThreshold, min(last, idle.count) - first))
    }
}
