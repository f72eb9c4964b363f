import Observations

/// Totals that never fall, made of PgBouncer's, which do: they start at 0 again with PgBouncer, and the statistics of
/// a pool are gone with the pool.
///
/// At the first look a total is PgBouncer's own figure, and so it stays until the first reset. After a restart what
/// PgBouncer shows counts as growth, as Prometheus would have it; where a pool was freed the fall counts as no growth;
/// a database that comes back goes on where it was. RELOAD, RECONNECT and RESUME leave PgBouncer's figures alone, and
/// so these.
package struct MonotonicTotals: Sendable {
    /// The most databases that have totals of their own; what grows elsewhere is added up under “other”.
    package static let databaseLimit = 1_000
    static let other = "other"

    package enum ResetReason: String, Sendable, CaseIterable {
        case restart
        case poolFreed = "pool_freed"
        case databaseRemoved = "database_removed"
    }

    package struct Reset: Sendable, Equatable {
        let database: String
        let reason: ResetReason
    }

    /// What one read brought.
    package struct Change: Sendable {
        /// By database and column; empty at the first look. Growth beyond the limit is not in it.
        var growth: [String: [String: Double]] = [:]
        var resets: [Reset] = []
        var isRestart = false
    }

    /// What PgBouncer said last, by database; only what it said last.
    private var raw: [String: [String: Double]] = [:]
    private var totals: [String: [String: Double]] = [:]
    private var hasBaseline = false
    private var wasInterrupted = false
    /// How often a database had no room of its own.
    private(set) var folded: Double = 0

    package init() {}

    /// Says that the session was lost, or may have been: only then can PgBouncer have been restarted.
    package mutating func interrupt() {
        wasInterrupted = true
    }

    /// The totals, in no order.
    package var published: [PgBouncerTotals] {
        totals.map { PgBouncerTotals(database: $0.key, numbers: $0.value) }
    }

    package mutating func observe(_ rows: [PgBouncerTotals]) -> Change {
        var current: [String: [String: Double]] = [:]
        for row in rows {
            current[row.database] = row.numbers.filter { $0.value.isFinite && $0.value >= 0 }
        }
        var change = Change()
        change.isRestart = wasInterrupted && isRestart(current)
        note(current, in: &change)
        for (database, numbers) in current {
            let growth = self.growth(of: database, numbers, isRestart: change.isRestart)
            add(growth, to: database)
            if hasBaseline, totals[database] != nil { change.growth[database] = growth }
        }
        raw = current
        hasBaseline = true
        wasInterrupted = false
        return change
    }

    /// The console's own counters fall with a restart only: its pool is never freed, and we ourselves make them grow.
    /// Else every database that had counted anything must have fallen or be gone.
    private func isRestart(_ current: [String: [String: Double]]) -> Bool {
        func hasFallen(_ database: String) -> Bool {
            guard let before = raw[database] else { return false }
            guard let now = current[database] else { return true }
            return before.contains { now[$0.key, default: 0] < $0.value }
        }
        let counted = raw.filter { entry in
            entry.key != "pgbouncer" && entry.value.contains { $0.value > 0 }
        }
        return hasFallen("pgbouncer") || (!counted.isEmpty && counted.keys.allSatisfy(hasFallen))
    }

    private mutating func note(_ current: [String: [String: Double]], in change: inout Change) {
        for (database, before) in raw where totals[database] != nil {
            if change.isRestart {
                change.resets.append(Reset(database: database, reason: .restart))
            } else if let now = current[database] {
                let hasFallen = before.contains { column, value in now[column].map { $0 < value } ?? false }
                if hasFallen { change.resets.append(Reset(database: database, reason: .poolFreed)) }
            } else {
                change.resets.append(Reset(database: database, reason: .databaseRemoved))
            }
        }
    }

    private func growth(
        of database: String, _ numbers: [String: Double], isRestart: Bool
    ) -> [String: Double] {
        guard !isRestart, let before = raw[database] else { return numbers }
        var growth: [String: Double] = [:]
        for (column, value) in numbers { growth[column] = max(0, value - (before[column] ?? 0)) }
        return growth
    }

    private mutating func add(_ growth: [String: Double], to database: String) {
        let isPlaced = totals[database] != nil || totals.count < Self.databaseLimit
        if !isPlaced { folded += 1 }
        totals[isPlaced ? database : Self.other, default: [:]].merge(growth, uniquingKeysWith: +)
    }
}
