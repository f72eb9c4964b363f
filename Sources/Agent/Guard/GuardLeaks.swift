import Collectors
import Exposition
import Observations
import Sessions

/// Finds the idle sessions of applications that leak theirs, in the same way as `poolscope_leaked_connections`. Pure.
struct GuardLeaks: Sendable {
    private var detector: LeakDetector
    private let threshold: Double

    /// - Parameter threshold: Seconds that a session must have been idle for more than.
    init(threshold: Double) {
        self.threshold = threshold
        detector = LeakDetector(threshold: threshold)
    }

    mutating func interrupt() { detector.interrupt() }

    /// Takes in all idle sessions that the policy is for.
    /// - Returns: Those that seem to be lost: of each database and application as many as it leaks, the longest idle.
    mutating func observe(_ idle: [SessionRow], at time: ServerTime) -> [SessionRow] {
        let groups = Dictionary(grouping: idle) { row -> Labels in
            ["datname": row.activity.database ?? "", "application_name": row.activity.applicationName]
        }
        let counts = groups.mapValues { rows in
            IdleSessions(count: rows.count, beyondThreshold: rows.count { ($0.age ?? 0) > threshold })
        }
        return detector.observe(counts, at: time).flatMap { labels, leaked in
            let beyond = (groups[labels] ?? []).filter { ($0.age ?? 0) > threshold }
            return beyond.sorted { ($0.age ?? 0, $1.pid) > ($1.age ?? 0, $0.pid) }.prefix(leaked)
        }
    }
}
