import Practice

extension AlertRule {
    static let samplerOverrun = AlertRule(
        .samplerOverrun, .warning,
        comment: """
            A ticket: moments at which a sample was due pass without one, so short events are missed and active \
            sessions are counted too coarsely. Only what is due at every tick; backend_count takes the place of \
            activity while the interval is stretched.
            """,
        expression: """
            sum without (collector, outcome) (rate(poolscope_samples_total{\(primary),outcome="skipped"}[10m]))
            / on (job, instance, target) group_left ()
            (sum without (collector, outcome) (rate(poolscope_samples_total{\(primary)}[10m])) > 0)
            > \(number(Thresholds.Watching.skippedShare))
            and on (job, instance, target)
            poolscope_target_up == 1
            """,
        for: "10m",
        summary: "Poolscope skips samples of {{ $labels.target }}",
        description: """
            Poolscope at {{ $labels.instance }} skips {{ $value | humanizePercentage }} of the samples of \
            {{ $labels.target }}, because it is late: the target answers slowly, or the agent's machine is busy.
            """,
        dashboard: .poolscope)

    private static let primary = #"collector=~"activity|backend_count|pools""#
}
