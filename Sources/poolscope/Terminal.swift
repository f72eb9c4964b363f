import Advisor
import Foundation
import Glibc

/// What standard output can show.
enum Terminal {
    /// Colour only on a terminal, and not where NO_COLOR is set (to anything but nothing) or TERM is dumb.
    static var style: TextStyle {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let wantsNone = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return TextStyle(
            width: isTerminal ? columns ?? 80 : Int(environment["COLUMNS"] ?? "") ?? 100,
            hasColor: isTerminal && !wantsNone && environment["TERM"] != "dumb")
    }

    /// The terminal's width. Calls `ioctl`.
    private static var columns: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
