/// The ticks of one target: `start + n × interval`. A tick that is late is skipped and counted, never queued.
struct Ticker {
    let start: ContinuousClock.Instant
    let interval: Duration
    private var last: Int64 = -1

    /// - Precondition: the interval is positive.
    init(start: ContinuousClock.Instant, interval: Duration) {
        precondition(interval > .zero, "a tick needs an interval")
        self.start = start
        self.interval = interval
    }

    /// The next tick that is not in the past, and how many were missed on the way to it. The first is due at once.
    mutating func next(now: ContinuousClock.Instant) -> (instant: ContinuousClock.Instant, skipped: Int) {
        guard last >= 0 else {
            last = 0
            return (start, 0)
        }
        let elapsed = max(.zero, now - start)
        let due = Int64((elapsed / interval).rounded(.up))
        let number = max(last + 1, due)
        let skipped = Int(number - last - 1)
        last = number
        return (start + interval * Int(number), skipped)
    }
}
