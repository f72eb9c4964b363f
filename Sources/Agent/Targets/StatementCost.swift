/// How long one source's statement takes and how often it is asked: a few numbers, whatever the server does.
struct StatementCost {
    /// Answers that are remembered.
    static let window = 16
    /// The weight of the newest sample in how often a source is asked.
    private static let newest = 1.0 / 8

    private var seconds = SIMD16<Float>(repeating: .infinity)
    /// The lower quartile of the last answers; nil before the first.
    ///
    /// A statement cannot be answered faster than its work is done, but slower for many reasons: a server that stands
    /// still or has no processor to spare, an agent that has none. So the short answers say what it costs; the
    /// shortest of all, what it costs with all caches to itself.
    private(set) var typical: Double?
    /// Answers of this session.
    private(set) var count = 0
    /// The share of the times when it was its turn that it had something to ask.
    private(set) var frequency = 0.0
    /// Of how many samples it is asked at one, because its answers are large.
    private(set) var pace = 1

    mutating func answered(in seconds: Double, pace: Int) {
        self.seconds[count % Self.window] = Float(seconds)
        frequency = count == 0 ? 1 : frequency + (1 - frequency) * Self.newest
        count += 1
        self.pace = pace
        typical = lowerQuartile
    }

    /// It was its turn, and it had nothing to ask.
    mutating func omitted() {
        frequency -= frequency * Self.newest
    }

    /// A new session: another server perhaps, another way to it, and caches that are cold.
    mutating func forgetAnswers() {
        seconds = SIMD16(repeating: .infinity)
        (count, typical) = (0, nil)
    }

    private var lowerQuartile: Double? {
        let known = 0..<min(count, Self.window)
        let rank = (known.count - 1) / 4
        return known.first { index in
            let each = seconds[index]
            return known.count { seconds[$0] < each || (seconds[$0] == each && $0 < index) } == rank
        }.map { Double(seconds[$0]) }
    }
}
