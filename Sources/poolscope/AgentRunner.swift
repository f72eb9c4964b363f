import Agent
import Logging
import ServiceLifecycle

/// Runs an agent under signals: SIGTERM, SIGINT and the end of the terminal (SIGHUP) end it within two seconds.
enum AgentRunner {
    static func run(_ agent: Agent, log: Logger) async throws {
        try await group(of: agent, log: log).run()
    }

    private static func group(of agent: Agent, log: Logger) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: agent, successTerminationBehavior: .gracefullyShutdownGroup)],
            gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: quiet(log))
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        configuration.maximumCancellationDuration = .seconds(1)
        return ServiceGroup(configuration: configuration)
    }

    /// The group's own steps are of interest only to whoever debugs Poolscope.
    private static func quiet(_ log: Logger) -> Logger {
        var quiet = log
        quiet.logLevel = max(log.logLevel, .warning)
        return quiet
    }
}
