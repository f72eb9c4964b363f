import Glibc

/// Where audit lines go: standard error, or a file that only grows.
package final class AuditLog: Sendable {
    private let descriptor: CInt
    private let path: String?

    /// Standard error.
    package init() {
        descriptor = STDERR_FILENO
        path = nil
    }

    /// Opens a file for appending; one that is new can be read by its owner alone. Calls `open`.
    package init(path: String) throws(SessionsError) {
        // Not blocking: a pipe that nobody reads would be opened for ever.
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o600)
        self.path = path
        guard descriptor >= 0 else {
            throw SessionsError("\(path): the audit log cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit {
        if path != nil { close(descriptor) }
    }

    /// Writes a line at once, as a whole. Calls `write`.
    /// - Throws: When it is not written: whoever acts must stop then.
    package func write(_ line: AuditLine) throws(SessionsError) {
        let bytes = Array((line.text + "\n").utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
            } else if errno != EINTR {
                let reason = String(cString: strerror(errno))
                throw SessionsError("\(path ?? "standard error"): the audit log cannot be written: \(reason)")
            }
        }
    }
}
