import Demo
import OperationsSupport
import TestSupport

/// What a scenario leaves behind: servers that are well again, and a Prometheus that has seen everything.
struct ScenarioRun: Sendable {
    let servers: ScenarioServers
    /// The agent's configuration file and address.
    let configurationFile: String
    let agentURL: String

    let prometheus: PrivatePrometheus
    /// Scraped the same agent, but has one metric under another name.
    let mutatedPrometheus: PrivatePrometheus
    /// Scraped what bears the names of postgres_exporter and pgbouncer_exporter, each target as an instance.
    let peersPrometheus: PrivatePrometheus
    let alertmanager: PrivateAlertmanager
    let webhook: WebhookReceiver

    /// Nothing was wrong.
    let healthy: PrivatePrometheus.Span
    /// From the first scrape to the end.
    let whole: PrivatePrometheus.Span
    /// A moment at which everything was wrong at once.
    let worst: Double
    /// What Alertmanager knew, about once a second.
    let snapshots: [[PrivateAlertmanager.Alert]]
    /// Alerts that had not come to an end in time, troubles that had not been seen: to be empty.
    let shortcomings: [String]

    /// The run that the suite's tests share.
    @TaskLocal static var current: ScenarioRun?

    static let scrapeInterval = 1.0
    /// The mutated one need not be as quick.
    static let mutatedScrapeInterval = 2.0
    static let step = 2.0
    static let renamedMetric = "poolscope_pool_saturation_ratio"
}
