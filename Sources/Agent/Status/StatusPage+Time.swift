import Foundation

extension StatusPage {
    /// `2026-11-26T21:14:31Z`.
    static func isoTime(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(.iso8601)
    }

    /// `21:14:31`.
    static func clock(_ seconds: Double) -> String {
        let ofDay = Int(seconds.rounded(.down)) % 86_400
        return String(format: "%02d:%02d:%02d", ofDay / 3_600, ofDay / 60 % 60, ofDay % 60)
    }
}
