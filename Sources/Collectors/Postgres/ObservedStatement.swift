import Observations

/// A statement that was observed to its end and looks for its call among those that the server counted.
struct ObservedStatement: Sendable {
    /// How much of an observed time may be parsing, planning, commit and sending, which the server does not count.
    static let overhead = 0.25

    let database: String
    let queryID: Int64?
    let seconds: Double
    let isExact: Bool
    /// What the server may have counted for it.
    let range: ClosedRange<Double>
    /// The same, where other statements have taken too much or too little of the batch before.
    let widerRange: ClosedRange<Double>
    /// Of a slow one, who and when it was.
    let witness: StatementWitness?
    /// In how many reads it was not found, and when first.
    var reads = 0
    var missedSince: ServerTime?

    /// - Parameters:
    ///   - interval: Seconds between the samples around its end: an estimated end is off by as much.
    ///   - now: The time of the sample that showed its end.
    init(_ statement: FinishedStatement, interval: Double, at now: ServerTime) {
        database = statement.database
        queryID = statement.queryID
        witness = statement.slowClient.map {
            StatementWitness(queryID: statement.queryID, client: $0, seenAt: now)
        }
        let seconds = statement.seconds.isFinite ? max(0, statement.seconds) : 0
        self.seconds = seconds
        isExact = statement.end == .exact
        range =
            switch statement.end {
            case .exact: max(0, 0.9 * seconds - Self.overhead)...(1.02 * seconds + 0.002)
            case .estimated: max(0, 0.5 * seconds - Self.overhead)...(2 * seconds + 1.1 * interval)
            }
        // What was taken for exact ends had parsing and commit in it, for estimated ones up to an interval too much.
        let slack = max(Self.overhead, 1.1 * interval)
        widerRange = max(0, range.lowerBound - slack)...(range.upperBound + slack)
    }
}

extension ObservedStatement {
    /// By how much a time is off.
    func misfit(_ time: Double) -> Double { abs(time - seconds) }

    /// Times that are off by no more are as good as equal: as much as parsing and commit mostly take, or the error of
    /// an estimated end.
    var closeness: Double { isExact ? 0.02 * seconds + 0.005 : 0.5 * seconds }
}

extension ObservedStatement: Comparable {
    /// The order in which places are given away: those who know best what they want first, then the longest, who fit
    /// the fewest places. The rest makes a replay give the same sums.
    static func < (lhs: ObservedStatement, rhs: ObservedStatement) -> Bool {
        if lhs.isExact != rhs.isExact { return lhs.isExact }
        return (rhs.seconds, lhs.database, lhs.queryID ?? 0, lhs.witness?.client ?? "")
            < (lhs.seconds, rhs.database, rhs.queryID ?? 0, rhs.witness?.client ?? "")
    }
}
