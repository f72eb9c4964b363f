/// What happened, for every graph: restarts, changes of the configuration, alerts.
enum CommonAnnotations {
    static let all = [alerts, serverRestarts, poolerRestarts, configuration]

    /// What fires, but for the alert that always does.
    static let firing = Series.alerts(
        #"alertname=~"Pg.+""#, #"alertname!="\#(AlertName.watchdog.rawValue)""#, #"alertstate="firing""#)

    private static let alerts = DashboardAnnotation(
        name: "Firing alerts", expression: "\(firing)",
        title: "{{alertname}} {{target}} {{database}}{{datname}}", colour: "red", valueIsTime: false)

    /// By the time that the server gives, so that one is seen although nothing was read while it was down.
    private static let serverRestarts = DashboardAnnotation(
        name: "PostgreSQL restarts",
        expression: "max by (target) (\(Series.target("pg_postmaster_start_time_seconds"))) * 1000",
        title: "PostgreSQL restarted: {{target}}", colour: "purple", valueIsTime: true)

    private static let poolerRestarts = DashboardAnnotation(
        name: "PgBouncer's statistics reset",
        expression: "sum by (target, reason) "
            + "(\(Series.target("poolscope_pool_statistics_resets_total", #"reason="restart""#).increase())) > 0",
        title: "PgBouncer's statistics began anew: {{target}}, {{reason}}", colour: "purple", valueIsTime: false)

    private static let configuration = DashboardAnnotation(
        name: "Changed limits",
        expression: "max by (target, pooler, database, user) "
            + "(changes(\(Series.target("poolscope_pool_size"))[\(Series.grafanaWindow)])) > 0",
        title: "Pool size changed: {{target}} {{database}} {{user}}", colour: "blue", valueIsTime: false)
}
