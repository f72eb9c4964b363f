import Glibc

/// A moment, as the pool reckons: on a clock that never runs backwards and goes on while the machine sleeps.
///
/// Not `ContinuousClock.Instant`, though it is the same clock: that type's layout is known only at run time, which made
/// a lease more than three times as expensive.
package struct PoolTime: Sendable, Hashable, Comparable {
    /// Since the clock's start.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: PoolTime {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return PoolTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package static func < (left: PoolTime, right: PoolTime) -> Bool { left.nanoseconds < right.nanoseconds }

    static func + (time: PoolTime, nanoseconds: Int64) -> PoolTime {
        PoolTime(nanoseconds: time.nanoseconds + nanoseconds)
    }

    package static func + (time: PoolTime, duration: Duration) -> PoolTime { time + duration.boundedNanoseconds }

    package static func - (left: PoolTime, right: PoolTime) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// Rounded down; at least 0 and at most a year, whatever a caller asks for, so that no sum overflows.
    var boundedNanoseconds: Int64 {
        let bounded = max(.zero, min(self, PoolConfiguration.longest))
        return bounded.components.seconds * 1_000_000_000 + bounded.components.attoseconds / 1_000_000_000
    }
}

/// The times of a configuration, in nanoseconds.
struct PoolSpans: Sendable {
    let acquireTimeout: Int64
    let idleTimeout: Int64?
    let maximumLifetime: Int64?
    let keepAliveInterval: Int64?
    let leakThreshold: Int64?

    init(_ configuration: PoolConfiguration) {
        acquireTimeout = configuration.acquireTimeout.boundedNanoseconds
        idleTimeout = configuration.idleTimeout?.boundedNanoseconds
        maximumLifetime = configuration.maximumLifetime?.boundedNanoseconds
        keepAliveInterval = configuration.keepAliveInterval?.boundedNanoseconds
        leakThreshold = configuration.leakThreshold?.boundedNanoseconds
    }
}
