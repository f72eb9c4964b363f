extension AlertRule {
    static let bouncerDatabaseDisabled = AlertRule(
        .bouncerDatabaseDisabled, .warning,
        comment: """
            A ticket, not a page: somebody did so on purpose, and who comes is refused rather than kept waiting. \
            Named as the pools are.
            """,
        expression: """
            max by (job, instance, target, database) (
              \(RecordingRule.byName("pgbouncer_databases_disabled"))
            ) == 1
            """,
        for: "5m",
        summary: "Database {{ $labels.database }} of PgBouncer {{ $labels.target }} is disabled",
        description: """
            Database {{ $labels.database }} on PgBouncer {{ $labels.target }} has been disabled for at least 5m: new \
            clients are refused until ENABLE on its console.
            """,
        dashboard: .bouncerDatabase)
}
