import ArgumentParser
import Glibc

/// Standard output, for people.
enum Output {
    /// Writes a line, and does not mind if nobody reads it.
    static func say(_ text: String) {
        StandardStreams.write(text, to: STDOUT_FILENO)
    }

    /// Writes what the command was called for.
    /// - Throws: `ExitCode` when it could not be written.
    static func deliver(_ text: String) throws {
        guard StandardStreams.write(text, to: STDOUT_FILENO) else {
            Failure.say("poolscope: standard output cannot be written to: \(String(cString: strerror(errno)))")
            throw ExitCode.failure
        }
    }
}
