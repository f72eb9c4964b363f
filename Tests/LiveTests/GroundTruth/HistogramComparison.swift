/// A published histogram against the true durations.
struct HistogramComparison: Sendable {
    /// Upper bounds, `+Inf` last, and how many were at most that.
    let buckets: [(bound: Double, cumulative: Double)]
    private let durations: [Double]

    init(buckets: [(bound: Double, cumulative: Double)], durations: [Double]) {
        self.buckets = buckets.sorted { $0.bound < $1.bound }
        self.durations = durations.sorted()
    }

    /// The bound of the bucket that holds a quantile: of the histogram, and of the true durations.
    ///
    /// - Parameter population: Of how many the quantile is; the longest ones of either side are counted down from the
    ///   top. So a histogram that lacks short ones can be asked about the long ones.
    func bucket(of quantile: Double, among population: Int) -> (published: Double, true: Double)? {
        let rank = max(1, Int((Double(population) * (1 - quantile)).rounded(.down)) + 1)
        guard let total = buckets.last?.cumulative, Int(total) >= rank, durations.count >= rank else { return nil }
        let value = durations[durations.count - rank]
        guard let published = buckets.first(where: { $0.cumulative >= total - Double(rank) + 1 }),
            let expected = buckets.first(where: { $0.bound >= value })
        else { return nil }
        return (published.bound, expected.bound)
    }
}
