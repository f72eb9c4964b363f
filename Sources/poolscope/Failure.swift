import Agent
import ArgumentParser
import Glibc
import Sessions
import WebServer

/// Ends the process with a sentence instead of a trace.
enum Failure {
    /// Exit code for bad configuration.
    static let configurationCode = ExitCode(2)

    /// Runs `body`; what is wrong with the user's input goes to standard error in words, with a non-zero exit code.
    static func explaining<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw explained(error)
        }
    }

    /// The same for a body that awaits something.
    static func explaining<R>(_ body: () async throws -> R) async throws -> R {
        do {
            return try await body()
        } catch {
            throw explained(error)
        }
    }

    /// Says what is wrong, where that is the user's to mend.
    /// - Returns: The exit code; the error itself where it is none of ours.
    private static func explained(_ error: any Error) -> any Error {
        switch error {
        case is ConfigurationError:
            say("\(error)")
            return configurationCode
        case is UsageError:
            say("poolscope: \(error)")
            return configurationCode
        case is RecordingError, is WebServerError, is SessionsError, is PasswordFileError:
            say("poolscope: \(error)")
            return ExitCode.failure
        default: return error
        }
    }

    /// Asks the user something, on the same line.
    static func ask(_ question: String) {
        StandardStreams.write(question, to: STDERR_FILENO, terminator: "")
    }

    static func say(_ text: String) {
        StandardStreams.write(text, to: STDERR_FILENO)
    }
}

/// A command that was called in a way that makes no sense: what to write instead.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
