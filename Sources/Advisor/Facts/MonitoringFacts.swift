/// Whether somebody watches: scrapes of Poolscope, and alert rules in a Prometheus.
package struct MonitoringFacts: Sendable, Equatable {
    /// Where that was learnt.
    package enum Source: Sendable, Equatable {
        /// This one was asked; its address, without secrets.
        case prometheus(String)
        /// The agent itself knows who asks it for metrics, and nothing of alerts.
        case agent
    }

    /// Whether a Prometheus has a fresh `poolscope_target_up` of this target, or somebody keeps asking this agent for
    /// `/metrics`.
    package var isScraped: Bool
    /// Names of the alerts that a Prometheus has loaded; nil where no Prometheus was asked.
    package var loadedAlerts: Set<String>?
    /// Names of the alerts that ought to be loaded.
    package var expectedAlerts: Set<String>
    package var source: Source

    package init(
        isScraped: Bool, loadedAlerts: Set<String>? = nil, expectedAlerts: Set<String> = [], source: Source
    ) {
        self.isScraped = isScraped
        self.loadedAlerts = loadedAlerts
        self.expectedAlerts = expectedAlerts
        self.source = source
    }
}
