/// A moment by which something has to be done, the time that was allowed for it, and whether the end of the task ends
/// the wait too.
struct Deadline: Sendable {
    let instant: ContinuousClock.Instant
    /// For messages.
    let allowance: Duration
    /// Whether the wait goes on in a cancelled task: for what must be finished before a connection can be used again.
    let isShielded: Bool

    init(after allowance: Duration, isShielded: Bool = false) {
        self.init(
            instant: ContinuousClock.now.advanced(by: allowance), allowance: allowance, isShielded: isShielded)
    }

    private init(instant: ContinuousClock.Instant, allowance: Duration, isShielded: Bool) {
        self.instant = instant
        self.allowance = allowance
        self.isShielded = isShielded
    }

    var hasPassed: Bool { instant <= ContinuousClock.now }

    /// The same start with a shorter allowance, if `limit` is shorter.
    func limited(to limit: Duration?) -> Deadline {
        guard let limit, limit < allowance else { return self }
        return Deadline(
            instant: instant.advanced(by: limit - allowance), allowance: limit, isShielded: isShielded)
    }
}
