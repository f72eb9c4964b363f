import Foundation

/// An axis of values: where it begins and ends, and where it has lines.
package struct ValueScale: Sendable, Equatable {
    package let low: Double
    package let high: Double
    package let ticks: [Double]

    /// The least axis with whole steps that holds the values.
    ///
    /// - Parameters:
    ///   - minimum: Where it begins whatever the values are; nil for the least of them.
    ///   - maximum: Where it ends.
    ///   - count: About so many steps.
    package init(
        of values: some Sequence<Double>, minimum: Double?, maximum: Double?, unit: ValueUnit, count: Int
    ) {
        let finite = values.filter(\.isFinite)
        let least = minimum ?? finite.min() ?? 0
        let most = maximum ?? max(finite.max() ?? least, least)
        // A flat line wants room above it, too.
        let top = most > least ? most : least + (least == 0 ? 1 : abs(least))
        let step = Self.step(for: (top - least) / Double(max(1, count)), unit)
        low = minimum ?? (least / step).rounded(.down) * step
        high = maximum ?? max(low + step, (top / step * (1 - 1e-9)).rounded(.up) * step)
        let (from, to) = (Int((low / step).rounded(.up)), Int((high / step * (1 + 1e-9)).rounded(.down)))
        ticks = (from...max(from, min(to, from + 50))).map { Double($0) * step }
    }

    /// A value's place between the low end (0) and the high one (1).
    package func share(of value: Double) -> Double { (value - low) / (high - low) }

    /// The least pretty step that is not below `wish`.
    private static func step(for wish: Double, _ unit: ValueUnit) -> Double {
        if unit == .seconds, wish > 10 {
            let pretty: [Double] = [
                15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
            ]
            if let step = pretty.first(where: { $0 >= wish }) { return step }
            return (wish / 86_400).rounded(.up) * 86_400
        }
        if unit.usesPowersOfTwo, wish >= 1 { return pow(2, log2(wish).rounded(.up)) }
        // Of a thing there is no half.
        if unit == .count, wish < 1, wish > 0.2 { return wish > 0.5 ? 1 : 0.5 }
        let power = pow(10, log10(wish).rounded(.down))
        let pretty = [1, 2, 2.5, 5, 10].first { $0 * power >= wish * (1 - 1e-9) } ?? 10
        return pretty * power
    }
}
