import Observations

/// The times between which something ended that one sample still showed and the next did not.
struct SampleTimes {
    /// The first sample of all.
    let first: ServerTime
    /// The sample before this one.
    let last: ServerTime
    /// This sample.
    let now: ServerTime
    /// Samples were missed in between: what ended meanwhile is known only by its last age.
    let wasInterrupted: Bool

    /// Length of an episode that the last sample showed, and that ended at some time before `bound`.
    ///
    /// The midpoint, but at most twice the age last seen: what is met at a random moment has on average as much
    /// before it as behind it, and without that limit an episode of a millisecond, caught once, would count as half
    /// an interval.
    func midpoint(since start: ServerTime, before bound: ServerTime) -> Double {
        let longest = bound.seconds(since: start)
        // Rows are read a little before their sample's clock: the end may lie before that.
        let shortest = min(last.seconds(since: start), longest)
        return wasInterrupted ? shortest : min((shortest + longest) / 2, 2 * shortest)
    }

    /// Length of an episode that the last sample showed, and that most likely ended at `end`, surely not later.
    ///
    /// At most twice the age last seen, for the same reason: where much shorter ones follow each other all the time,
    /// `end` is that of a later one.
    func upTo(_ end: ServerTime, since start: ServerTime) -> Double {
        let (longest, age) = (end.seconds(since: start), last.seconds(since: start))
        return min(longest, wasInterrupted ? age : 2 * age)
    }
}
