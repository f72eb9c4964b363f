import Foundation

/// A straight line through samples over time, fitted by least squares; the older a sample, the less it weighs.
///
/// Six sums, whatever the number of samples. Times are kept relative to the latest sample, so that the sums stay small.
struct WeightedLine: Sendable, Equatable {
    /// After this many seconds a sample weighs half.
    let halfLife: Double

    private var weight = 0.0
    private var time = 0.0
    private var value = 0.0
    private var timeSquared = 0.0
    private var timeValue = 0.0
    private var valueSquared = 0.0

    init(halfLife: Double) {
        self.halfLife = halfLife
    }

    /// Takes in a sample.
    /// - Parameter elapsed: Seconds since the one before; not negative.
    mutating func add(_ sample: Double, after elapsed: Double) {
        // The origin moves to the new sample: every older time t becomes t − elapsed.
        timeSquared += elapsed * (elapsed * weight - 2 * time)
        timeValue -= elapsed * value
        time -= elapsed * weight
        let decay = exp2(-elapsed / halfLife)
        weight = weight * decay + 1
        time *= decay
        value = value * decay + sample
        timeSquared *= decay
        timeValue *= decay
        valueSquared = valueSquared * decay + sample * sample
    }

    /// The line.
    struct Fit: Equatable {
        /// Per second.
        let slope: Double
        /// At the latest sample.
        let value: Double
        /// The share of the samples' variance that the line explains: 1 for a straight line. Of a step it is 0.75 at
        /// most.
        let explained: Double
    }

    /// Nil before there are samples at two times.
    var fit: Fit? {
        guard weight > 1 else { return nil }
        let spread = timeSquared - time * time / weight
        guard spread > 0 else { return nil }
        let common = timeValue - time * value / weight
        let variance = valueSquared - value * value / weight
        let slope = common / spread
        // Below this, variance is what rounding left of equal samples.
        let isFlat = variance <= 1e-9 * max(1, valueSquared)
        return Fit(
            slope: slope, value: (value - slope * time) / weight,
            explained: isFlat ? 0 : common * common / (spread * variance))
    }
}
