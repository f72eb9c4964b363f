import Practice

extension AlertRule {
    static let collectorFailing = AlertRule(
        .collectorFailing, .warning,
        comment: """
            A ticket: the target is up, but one of the things read from it fails more often than not, so some families \
            are absent or old. Usually a privilege, or a view that is not there.
            """,
        expression: """
            sum without (outcome) (rate(poolscope_samples_total{outcome=~"error|timeout"}[10m]))
            / on (job, instance, target, collector) group_left ()
            (sum without (outcome) (rate(poolscope_samples_total{outcome=~"ok|error|timeout"}[10m])) > 0)
            > \(number(Thresholds.Watching.failedShare))
            and on (job, instance, target)
            poolscope_target_up == 1
            """,
        for: "10m",
        summary: "Collector {{ $labels.collector }} of {{ $labels.target }} fails",
        description: """
            {{ $value | humanizePercentage }} of the reads of collector {{ $labels.collector }} on {{ $labels.target }} \
            fail: \(reads("error")) errors and \(reads("timeout")) time-outs a minute. What it reads is absent or old. \
            Poolscope's log at {{ $labels.instance }} says why.
            """,
        dashboard: .poolscope)

    private static func reads(_ outcome: String) -> String {
        Lookup(
            "poolscope_samples_total", by: ["collector"], where: [#"outcome="\#(outcome)""#],
            around: "60 * sum(rate(…[10m]))"
        ).text("{{ .Value | printf `%.1f` }}", orElse: "0.0")
    }
}
