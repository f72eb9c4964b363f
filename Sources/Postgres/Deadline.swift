/// A moment by which something has to be done, and the time that was allowed for it.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant
    /// For messages.
    let allowance: Duration

    init(after allowance: Duration) {
        instant = ContinuousClock.now.advanced(by: allowance)
        self.allowance = allowance
    }

    private init(instant: ContinuousClock.Instant, allowance: Duration) {
        self.instant = instant
        self.allowance = allowance
    }

    var hasPassed: Bool { instant <= ContinuousClock.now }

    /// The same start with a shorter allowance, if `limit` is shorter.
    func limited(to limit: Duration?) -> Deadline {
        guard let limit, limit < allowance else { return self }
        return Deadline(instant: instant.advanced(by: limit - allowance), allowance: limit)
    }
}
