import Foundation

/// How long something has lasted, in two units at most: `0.4s`, `12s`, `3m05s`, `2h10m`, `5d03h`.
package enum AgeText {
    package static func format(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let seconds = max(0, seconds)
        if seconds < 9.95 { return String(format: "%.1fs", seconds) }
        // Ages of centuries come from nonsensical times.
        let whole = Int(min(seconds.rounded(), 1e12))
        switch whole {
        case ..<60: return "\(whole)s"
        case ..<3_600: return "\(whole / 60)m\(padded(whole % 60))s"
        case ..<86_400: return "\(whole / 3_600)h\(padded(whole / 60 % 60))m"
        default: return "\(whole / 86_400)d\(padded(whole / 3_600 % 24))h"
        }
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
