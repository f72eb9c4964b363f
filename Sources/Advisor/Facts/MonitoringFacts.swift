/// Whether somebody watches: scrapes of Poolscope, and alert rules in a Prometheus.
package struct MonitoringFacts: Sendable, Equatable {
    /// Whether a Prometheus has a fresh `poolscope_target_up` of this target, or asks this agent for `/metrics`.
    package var isScraped: Bool
    /// Names of the alerts that a Prometheus has loaded; nil where no Prometheus was asked.
    package var loadedAlerts: Set<String>?
    /// Names of the alerts that ought to be loaded.
    package var expectedAlerts: Set<String>
    /// Where that was learnt, without secrets: “http://prometheus:9090”, “this agent”.
    package var source: String

    package init(isScraped: Bool, loadedAlerts: Set<String>?, expectedAlerts: Set<String>, source: String) {
        self.isScraped = isScraped
        self.loadedAlerts = loadedAlerts
        self.expectedAlerts = expectedAlerts
        self.source = source
    }
}
