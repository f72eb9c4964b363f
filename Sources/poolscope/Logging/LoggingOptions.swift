import ArgumentParser
import Logging

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// How log lines are written.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

/// The flags on logging that commands share. Logs go to standard error.
struct LoggingOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Log lines of this level and above.", valueName: "level"))
    var logLevel: Logger.Level = .info

    @Option(name: .long, help: ArgumentHelp("Format of log lines.", valueName: "format"))
    var logFormat: LogFormat = .text

    /// The process's logger.
    func bootstrap() -> Logger {
        let format = logFormat
        var log = Logger(label: "poolscope") { _ in LineLogHandler(format: format) }
        log.logLevel = logLevel
        return log
    }
}
