import Glibc
import Sessions

/// What standard input and output are.
enum Terminal {
    /// Whether there is somebody to ask.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 }

    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What text on standard output may look like: https://no-color.org is honoured.
    static var surface: TextSurface {
        guard isOutput else { return .plain }
        let hasColour = variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
        return TextSurface(width: size.columns, hasColour: hasColour)
    }

    /// Lines of the terminal; nil where there is none.
    static var height: Int? { isOutput ? size.rows : nil }

    /// What the terminal does not say is nil. Calls `ioctl`.
    private static var size: (columns: Int?, rows: Int?) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 else { return (nil, nil) }
        return (size.ws_col > 0 ? Int(size.ws_col) : nil, size.ws_row > 0 ? Int(size.ws_row) : nil)
    }

    private static func variable(_ name: String) -> String {
        getenv(name).map { String(cString: $0) } ?? ""
    }
}
