extension AlertRule {
    static let seriesFolded = AlertRule(
        .seriesFolded, .info,
        comment: """
            For the digest: clients have more names than the budget of a family has places, and the rest is summed as \
            "other". Sums are right, but who it is cannot be told.
            """,
        expression: "rate(poolscope_series_folded_total[10m]) > 0",
        for: "30m", keepFiringFor: "30m",
        summary: "{{ $labels.family }} of {{ $labels.target }} has more label sets than places",
        description: """
            On {{ $labels.target }}, {{ $labels.family }} has more label sets than series_limit allows: \
            {{ $value | printf "%.1f" }} are folded into “other” each second. Who is in there cannot be told.
            """,
        dashboard: .poolscope)
}
