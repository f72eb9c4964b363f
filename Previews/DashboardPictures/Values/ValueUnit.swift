import Foundation

/// What the numbers of a panel are, in Grafana's words, and how Grafana writes them.
package enum ValueUnit: String, Sendable, CaseIterable {
    case seconds = "s"
    case share = "percentunit"
    case count = "short"
    case bytes
    case bytesPerSecond = "Bps"
    case perSecond = "ops"
    case perMinute = "opm"

    /// A number and what stands behind it.
    private struct Scaled {
        let value: Double
        let suffix: String
    }

    /// A value as a stat or a cell shows it: about three digits.
    ///
    /// - Parameter decimals: Digits behind the point; nil for as many as the value deserves.
    package func text(_ value: Double, decimals: Int? = nil) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-∞" : "∞" }
        let scaled = scaled(value)
        return Self.fixed(scaled.value, decimals ?? Self.decimals(for: scaled.value)) + scaled.suffix
    }

    /// A value at an axis: without zeros at its end.
    package func tick(_ value: Double) -> String {
        let scaled = scaled(value)
        var number = Self.fixed(scaled.value, 3)
        while number.contains("."), number.hasSuffix("0") || number.hasSuffix(".") { number.removeLast() }
        return number + scaled.suffix
    }

    /// What the steps of an axis are multiples of a power of: 2 for bytes, 10 for the rest.
    var usesPowersOfTwo: Bool { self == .bytes }

    private func scaled(_ value: Double) -> Scaled {
        switch self {
        case .seconds: Self.time(value)
        case .share: Scaled(value: value * 100, suffix: "%")
        case .count: Self.prefixed(value, by: 1_000, ["", " K", " Mil", " Bil", " Tri"])
        case .bytes: Self.prefixed(value, by: 1_024, [" B", " KiB", " MiB", " GiB", " TiB"])
        case .bytesPerSecond: Self.prefixed(value, by: 1_000, [" B/s", " kB/s", " MB/s", " GB/s"])
        case .perSecond: Self.prefixed(value, by: 1_000, [" ops/s", "K ops/s", "M ops/s", "B ops/s"])
        case .perMinute: Self.prefixed(value, by: 1_000, [" ops/min", "K ops/min", "M ops/min", "B ops/min"])
        }
    }

    private static func time(_ seconds: Double) -> Scaled {
        let units: [(from: Double, divisor: Double, suffix: String)] = [
            (31_536_000, 31_536_000, " years"), (604_800, 604_800, " weeks"), (86_400, 86_400, " days"),
            (3_600, 3_600, " hours"), (60, 60, " mins"), (1, 1, " s"), (1e-3, 1e-3, " ms"), (1e-6, 1e-6, " µs"),
        ]
        if seconds == 0 { return Scaled(value: 0, suffix: " s") }
        let unit = units.first { abs(seconds) >= $0.from } ?? (0, 1e-9, " ns")
        let value = seconds / unit.divisor
        // One minute, but two minutes: Grafana does so for whole ones.
        return Scaled(
            value: value, suffix: abs(value) == 1 && unit.divisor >= 60 ? String(unit.suffix.dropLast()) : unit.suffix)
    }

    private static func prefixed(_ value: Double, by base: Double, _ suffixes: [String]) -> Scaled {
        var (rest, place) = (value, 0)
        while abs(rest) >= base, place < suffixes.count - 1 {
            rest /= base
            place += 1
        }
        return Scaled(value: rest, suffix: suffixes[place])
    }

    /// Grafana's rule: two or three digits that count, none behind the point of a whole number.
    private static func decimals(for value: Double) -> Int {
        guard value != 0, value != value.rounded() else { return 0 }
        let magnitude = Int(log10(abs(value)).rounded(.down))
        let decimals = 1 - magnitude
        return max(0, abs(value) / pow(10, Double(-decimals)) > 2.25 ? decimals + 1 : decimals)
    }

    /// Never "-0".
    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        let text = String(format: "%.\(min(decimals, 12))f", value)
        return text.hasPrefix("-") && !text.contains { "123456789".contains($0) } ? String(text.dropFirst()) : text
    }
}
