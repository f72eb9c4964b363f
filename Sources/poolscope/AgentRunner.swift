import Logging
import ServiceLifecycle

/// Runs a service under signals: SIGTERM, SIGINT and the end of the terminal (SIGHUP) end it, within two seconds for
/// the agent.
enum AgentRunner {
    /// - Parameter grace: the time it gets to end by itself, and again when it is cancelled.
    static func run(_ service: any Service, grace: Duration = .seconds(1), log: Logger) async throws {
        try await group(of: service, grace: grace, log: log).run()
    }

    private static func group(of service: any Service, grace: Duration, log: Logger) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: quiet(log))
        configuration.maximumGracefulShutdownDuration = grace
        configuration.maximumCancellationDuration = grace
        return ServiceGroup(configuration: configuration)
    }

    /// The group's own steps are of interest only to whoever debugs Poolscope.
    private static func quiet(_ log: Logger) -> Logger {
        var quiet = log
        quiet.logLevel = max(log.logLevel, .warning)
        return quiet
    }
}
