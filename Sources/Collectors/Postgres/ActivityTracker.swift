import Observations

/// Follows client backends from sample to sample and reports each statement, transaction, idle-in-transaction episode
/// and session once, when it has ended, and each slow statement once, when it has passed its threshold.
///
/// A statement that lasts at least one interval is seen at least once; shorter ones only when they are the last of
/// their backend at a sample. Of the other kinds only what a sample has shown is reported: an idle row does not say
/// whether its statement began a transaction. How the ends are known: see `FollowedStatement`, `FollowedTransaction`,
/// `FollowedIdle`; the end of a session lies between two samples.
///
/// Our own session, background processes and rows whose times privileges hide are not followed.
/// Memory: one entry per backend of the last sample.
package struct ActivityTracker: Sendable {
    /// A pid that is used again is another session.
    private struct Backend: Hashable {
        let pid: Int32
        let start: ServerTime
    }

    private let slow: SlowThresholds
    private var backends: [Backend: FollowedBackend] = [:]
    private var firstSampledAt: ServerTime?
    private var lastSampledAt: ServerTime?
    private var sample = 0
    private var wasInterrupted = false

    package init(slow: SlowThresholds = SlowThresholds()) {
        self.slow = slow
    }

    /// Whose sessions are followed.
    var owners: Set<SessionOwner> { Set(backends.values.lazy.map(\.owner)) }

    /// How many backends are followed.
    var count: Int { backends.count }

    /// Says that samples were missed: what ended meanwhile is known only by its last age.
    package mutating func interrupt() {
        wasInterrupted = true
    }

    /// Takes in a sample and returns what has ended since the one before.
    /// - Parameter links: which clients of poolers the backends serve now.
    package mutating func observe(_ activity: ActivitySample, links: PoolerLinks = .none) -> ActivityEpisodes {
        let now = activity.sampledAt
        let times = SampleTimes(
            first: firstSampledAt ?? now, last: lastSampledAt ?? now, now: now, wasInterrupted: wasInterrupted)
        sample += 1
        var episodes = ActivityEpisodes()
        var hidden: Set<Int32> = []
        var seen = 0
        for row in activity.rows where row.isClientBackend && !row.isSelf {
            guard let start = row.backendStart else {
                hidden.insert(row.pid)
                continue
            }
            // Not a session yet: it has neither a database nor a role (PostgreSQL 18).
            if row.state == .starting { continue }
            let backend = Backend(pid: row.pid, start: start)
            let link = row.state == .active ? links[row] : nil
            if let index = backends.index(forKey: backend) {
                if backends.values[index].sample == sample { continue }
                backends.values[index].follow(row, link, sample: sample, times, &episodes)
            } else {
                backends[backend] = FollowedBackend(row, link, start: start, sample: sample, times, slow, &episodes)
            }
            seen += 1
        }
        if backends.count > seen { closeMissing(times, hidden: hidden, &episodes) }
        firstSampledAt = times.first
        lastSampledAt = now
        wasInterrupted = false
        return episodes
    }

    /// Reports what this sample no longer had.
    private mutating func closeMissing(
        _ times: SampleTimes, hidden: Set<Int32>, _ episodes: inout ActivityEpisodes
    ) {
        let missing = backends.lazy.filter { [sample] in $0.value.sample != sample }.map(\.key)
        for backend in Array(missing) {
            guard var gone = backends.removeValue(forKey: backend) else { continue }
            // A session that went on, but hides its times from now on, has not ended.
            if !hidden.contains(backend.pid) { gone.close(times, &episodes) }
        }
        // After a flood of sessions the table would stay as large as it was then.
        if backends.capacity > 1_000, backends.count < backends.capacity / 8 {
            backends = backends.filter { _ in true }
        }
    }
}
