import Glibc

/// Standard input, output and error of a process that must survive them: a full disk or a log reader that has gone away
/// is no reason to stop watching a database.
enum StandardStreams {
    /// To be called first. A write to a closed pipe is an error from now on, not a signal; streams that the parent has
    /// closed stand on /dev/null, so that no socket gets their numbers.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        while true {
            let descriptor = open("/dev/null", O_RDWR)
            if descriptor < 0 { return }
            if descriptor > STDERR_FILENO {
                close(descriptor)
                return
            }
        }
    }

    /// Writes a line at once, as a whole: a line must neither wait in a buffer nor mix with another thread's.
    /// - Returns: Whether all of it was written.
    @discardableResult
    static func write(_ line: String, to descriptor: Int32, terminator: String = "\n") -> Bool {
        let bytes = Array((line + terminator).utf8)
        return bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
