import Foundation
import Glibc

/// Who runs this command, and when, for audit lines.
enum Operator {
    /// `alice@host`; `root@host (sudo: alice)` where sudo says who called it.
    static var name: String {
        let account = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "uid \(geteuid())"
        let caller = getenv("SUDO_USER").map { " (sudo: \(String(cString: $0)))" } ?? ""
        return "\(account)@\(ProcessInfo.processInfo.hostName)\(caller)"
    }

    @Sendable static func now() -> String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
