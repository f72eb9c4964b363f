import Practice

extension AlertRule {
    static let dataStale = AlertRule(
        .dataStale, .warning,
        comment: """
            A ticket: the agent answers and says that the target is up, but what it tells is old. Compared with the \
            moment of the scrape, not with that of the rule, so that the scrape interval does not count as age; and \
            with the interval as it is now, which a budget may have stretched. At least a minute, so that clocks of two \
            machines may differ a little. Only what every sample reads: activity of servers, pools of poolers.
            """,
        expression: """
            timestamp(\(sample))
            -
            \(sample)
            > clamp_min(
                \(number(Thresholds.Watching.staleIntervals)) * poolscope_sampling_interval_seconds{\(primary)},
                \(number(Thresholds.Watching.leastStale))
              )
            and on (job, instance, target)
            poolscope_target_up == 1
            """,
        for: "2m",
        summary: "What Poolscope says of {{ $labels.target }} is old",
        description: """
            The last sample of {{ $labels.target }} that Poolscope at {{ $labels.instance }} has is \
            {{ $value | humanizeDuration }} old\(due). Dashboards show the past, and other alerts on {{ $labels.target }} \
            judge by it.
            """,
        dashboard: .poolscope)

    private static let primary = #"collector=~"activity|pools""#
    private static let sample = "poolscope_sample_timestamp_seconds{\(primary)}"

    private static let due = Lookup("poolscope_sampling_interval_seconds", by: ["collector"])
        .text("; one is due every {{ .Value | humanizeDuration }}")
}
