import Agent
import ArgumentParser
import Glibc
import WebServer

/// Ends the process with a sentence instead of a trace.
enum Failure {
    /// Exit code for bad configuration.
    static let configurationCode = ExitCode(2)

    /// Runs `body`; what is wrong with the user's input goes to standard error in words, with a non-zero exit code.
    static func explaining<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as ConfigurationError {
            say("\(error)")
            throw configurationCode
        } catch let error as RecordingError {
            say("poolscope: \(error)")
            throw ExitCode.failure
        } catch let error as WebServerError {
            say("poolscope: \(error)")
            throw ExitCode.failure
        }
    }

    static func say(_ text: String) {
        StandardStreams.write(text, to: STDERR_FILENO)
    }
}
