/// The dashboards, by the uid under which Grafana knows them. It stays when a title changes, since people link to it.
package enum DashboardID: String, CaseIterable, Sendable {
    case fleet = "poolscope-fleet"
    case pools = "poolscope-pools"
    case slots = "poolscope-slots"
    case activity = "poolscope-activity"
    case slowQueries = "poolscope-slow-queries"
    case transactions = "poolscope-transactions"
    case poolscope = "poolscope-self"

    /// From the root of the repository.
    package var path: String { "dashboards/\(rawValue.trimmingPrefix("poolscope-")).json" }
}
