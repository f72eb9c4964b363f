import Foundation

/// The agent's wall clock, in seconds since 1970, to the microsecond: so that a recording holds it exactly.
enum WallTime {
    static var now: Double { seconds(microseconds(Date().timeIntervalSince1970)) }

    static func microseconds(_ seconds: Double) -> Int64 {
        Int64(exactly: (seconds * 1_000_000).rounded()) ?? 0
    }

    static func seconds(_ microseconds: Int64) -> Double {
        Double(microseconds) / 1_000_000
    }
}
