import Advisor
import WebServer

/// What the agent was told to do: where it listens, how often it samples, and whom.
package struct AgentConfiguration: Sendable {
    /// The addresses of the web server.
    package var listen: [ListenAddress]
    /// The file that says who may see the pages, as exporter-toolkit has it; nil for plain HTTP to everybody.
    package var webConfigFile: String?
    /// The sampling interval of every target that has none of its own, within `intervalBounds`.
    package var interval: Duration
    /// The targets, at least one, each with a name of its own.
    package var targets: [TargetConfiguration]
    /// Checks whose findings do not count for a while.
    package var snoozes: [CheckSnooze] = []

    /// The least and the most a sampling interval can be.
    package static let intervalBounds: ClosedRange<Duration> = .milliseconds(100) ... .seconds(3600)
    package static let defaultInterval: Duration = .seconds(1)
    /// Port 9719 on all interfaces, as exporters do.
    package static let defaultListen = ":9719"
    package static let targetLimit = 1_000
    package static let listenLimit = 16
    package static let snoozeLimit = 200
}
