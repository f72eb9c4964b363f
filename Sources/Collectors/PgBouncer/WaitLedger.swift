import Observations

/// How many waits PgBouncer's counters stand for.
package enum WaitCountBasis: Sendable, Equatable {
    /// `server_assignment_count` (1.23+): one per wait, of whatever length, 0 included.
    case assignments
    /// `xact_count`, in transaction and statement mode: one per wait too, but counted when the wait begins.
    case transactions
    /// Session mode before 1.23: a session counts as many transactions as it likes after one wait.
    case unknown
}

/// What PgBouncer's counters of one database grew by.
package struct WaitGrowth: Sendable, Equatable {
    /// `wait_time`, in seconds: each wait is added as a whole when it ends in a connection.
    var seconds: Double
    /// By the basis; 0 where it is unknown.
    var count: Double
    var basis: WaitCountBasis

    init(_ growth: [String: Double], isSessionMode: Bool) {
        seconds = (growth["wait_time"] ?? 0) / 1_000_000
        if let assignments = growth["server_assignment_count"] {
            (basis, count) = (.assignments, assignments)
        } else if !isSessionMode, let transactions = growth["xact_count"] {
            (basis, count) = (.transactions, transactions)
        } else {
            (basis, count) = (.unknown, 0)
        }
    }

    init(seconds: Double, count: Double, basis: WaitCountBasis) {
        self.seconds = seconds
        self.count = count
        self.basis = basis
    }
}

/// Brings the waits that were followed into line with PgBouncer's own counters, one ledger per database.
///
/// What the counters grew by and no followed wait explains belongs to waits that began and ended between two reads:
/// as many as the count leaves, each at the mean of the time that is left, together with those that were caught in
/// passing. Other followed waits whose length is not exactly
/// known are moved, within what is known of them, to where the time says. What cannot be placed (a client served
/// between the two reads of a tick, say) is carried to the next settlement, as a credit or a debt, so that sums and
/// counts agree with PgBouncer's in the long run.
///
/// A client that is gone was served if the counter grew by its wait, and gave up if not. It is judged one settlement
/// later, when the counter has surely been read after it left; until then what it may have waited is set aside.
package struct WaitLedger: Sendable {
    /// Waits of one length.
    package struct Wait: Sendable, Equatable {
        var seconds: Double
        var times: UInt64
    }

    package struct Settlement: Sendable {
        var waits: [Wait] = []
        /// By user.
        var abandoned: [String: Int] = [:]
    }

    /// Shorter waits are not told from none where the count is unknown.
    private static let shortest = 0.001

    /// Credit, or debt when negative.
    private(set) var seconds = 0.0
    private(set) var count = 0.0
    private var basis = WaitCountBasis.unknown
    private var pending: [EndedWait] = []

    package init() {}

    package mutating func grow(_ growth: WaitGrowth) {
        if growth.basis != basis { (basis, count) = (growth.basis, 0) }
        seconds += growth.seconds
        count += growth.count
    }

    /// Settles after a read of the clients.
    ///
    /// - Parameters:
    ///   - ended: Waits of this database that are over since the last read.
    ///   - begun: Waits for a query that were seen for the first time.
    ///   - elapsed: Seconds since the last read: no wait that was not seen can have been longer.
    ///   - timeout: `query_wait_timeout` in seconds; nil or 0 for none.
    package mutating func settle(
        _ ended: [EndedWait], begun: Int, elapsed: Double, timeout: Double?
    ) -> Settlement {
        var settlement = Settlement()
        if basis == .transactions { count -= Double(begun) }
        var followed = ended.filter { $0.end == .served }
        followed += judge(after: followed, &settlement)
        for wait in ended where wait.end != .served {
            if wait.end == .notServed || Self.isCutOff(wait, timeout) {
                settlement.abandoned[wait.user, default: 0] += 1
            } else {
                pending.append(wait)
            }
        }
        if basis == .assignments { count -= Double(followed.count) }
        place(followed, elapsed: elapsed, &settlement)
        return settlement
    }

    private static func isCutOff(_ wait: EndedWait, _ timeout: Double?) -> Bool {
        guard let timeout, timeout > 0 else { return false }
        return wait.shortest >= timeout
    }

    /// Judges those that were gone at the last settlement, the longest wait first, as PgBouncer serves them.
    ///
    /// Of each the growth must cover what was seen of its wait, not what is likely: a pool that gets going again serves
    /// all at once, and then all of them waited less than half an interval longer.
    private mutating func judge(after served: [EndedWait], _ settlement: inout Settlement) -> [EndedWait] {
        var budget = seconds - Self.likely(served)
        var found: [EndedWait] = []
        for wait in pending.sorted(by: { $0.shortest > $1.shortest }) {
            // Between the two reads of a tick a little is lost.
            if budget > 0, budget >= 0.9 * wait.shortest {
                found.append(wait)
                budget -= wait.shortest
            } else {
                settlement.abandoned[wait.user, default: 0] += 1
            }
        }
        pending = []
        return found
    }

    /// What waits that were seen to be served have probably taken at least: in sum two standard deviations below their
    /// estimates, each being as likely anywhere within its bounds.
    private static func likely(_ waits: [EndedWait]) -> Double {
        let variance = waits.reduce(0) { sum, wait in
            let width = wait.longest - wait.shortest
            return sum + width * width / 12
        }
        let least = waits.reduce(0) { $0 + $1.shortest }
        let estimated = waits.reduce(0) { $0 + $1.estimate }
        return max(least, estimated - 2 * variance.squareRoot())
    }

    private mutating func place(_ followed: [EndedWait], elapsed: Double, _ settlement: inout Settlement) {
        let setAside = pending.reduce(0) { $0 + $1.longest }
        let free = seconds - setAside
        var unseen = max(0, (count - (basis == .assignments ? Double(pending.count) : 0)).rounded(.down))
        if basis == .unknown {
            let rest = free - followed.reduce(0) { $0 + $1.estimate }
            unseen = rest >= Self.shortest ? (rest / max(elapsed, Self.shortest)).rounded(.up) : 0
        }
        let (kept, mean, times) = Self.divided(followed, unseen: unseen, free: free)
        let estimated = kept.reduce(0) { $0 + $1.estimate }
        let rest = free - estimated
        // Time that is set aside is no debt of the waits that were followed, but for what was seen of it: estimates that
        // are too long must not use up what those that are gone are judged by.
        let seen = pending.reduce(0) { $0 + $1.shortest }
        let correction = rest > 0 ? (times > 0 ? 0 : rest) : min(0, seconds - seen - estimated)
        for wait in Self.moved(kept, by: correction) { observe(wait, 1, &settlement) }
        guard times > 0 else { return }
        observe(mean, UInt64(min(times, 1e15)), &settlement)
        if basis != .unknown { count -= unseen }
    }

    /// Who keeps its own length, and at which mean the others stand, and how many they are.
    ///
    /// A wait that was caught in passing is known by half its length or less, a poor measure. Where there are others that
    /// were not even seen, it is one of them, unless the mean is out of its bounds.
    private static func divided(
        _ followed: [EndedWait], unseen: Double, free: Double
    ) -> (kept: [EndedWait], mean: Double, times: Double) {
        guard unseen > 0 else { return (followed, 0, 0) }
        var kept = followed.filter { !$0.isCaughtInPassing }
        var passing = followed.filter(\.isCaughtInPassing)
        while true {
            let rest = free - kept.reduce(0) { $0 + $1.estimate }
            let times = unseen + Double(passing.count)
            let mean = max(0, rest) / times
            let outside = passing.partition { !($0.shortest...$0.longest).contains(mean) }
            if outside == passing.endIndex { return (kept, mean, times) }
            kept += passing[outside...]
            passing.removeSubrange(outside...)
        }
    }

    private mutating func observe(_ wait: Double, _ times: UInt64, _ settlement: inout Settlement) {
        settlement.waits.append(Wait(seconds: wait, times: times))
        seconds -= wait * Double(times)
    }

    /// The estimates, each moved by its share of the correction, but not out of its bounds.
    private static func moved(_ waits: [EndedWait], by correction: Double) -> [Double] {
        let rooms = waits.map { wait in
            correction > 0 ? wait.longest - wait.estimate : wait.estimate - wait.shortest
        }
        let room = rooms.reduce(0, +)
        let share = room > 0 ? max(-1, min(1, correction / room)) : 0
        return zip(waits, rooms).map { max(0, $0.estimate + $1 * share) }
    }
}
