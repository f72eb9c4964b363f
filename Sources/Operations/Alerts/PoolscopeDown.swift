extension AlertRule {
    static let poolscopeDown = AlertRule(
        .poolscopeDown, .warning,
        comment: """
            A ticket: nothing is known of the targets of one agent. By convention the scrape job is called poolscope; \
            where yours is not, change the name in both rules. An agent that Prometheus does not know of any more is \
            not down but gone: of one that must never be, say so by its name, for example \
            absent(up{job="poolscope", instance="db1:9719"}).
            """,
        expression: #"up{job="\#(scrapeJob)"} == 0"#,
        for: "3m",
        summary: "Poolscope at {{ $labels.instance }} does not answer",
        description: """
            Prometheus has had no answer from Poolscope at {{ $labels.instance }} for 3 minutes or more. Nothing is \
            known of its targets, and their alerts are silent.
            """,
        dashboard: .poolscopeOfJob)

    static let poolscopeDownCritical = AlertRule(
        .poolscopeDown, .critical,
        comment: """
            A page: no agent is left, or Prometheus knows of none. Then every other alert of this file is silent, \
            whatever happens.
            """,
        expression: """
            max by (job) (up{job="\(scrapeJob)"}) == 0
            or
            absent(up{job="\(scrapeJob)"})
            """,
        for: "5m",
        summary: "No Poolscope answers",
        description: """
            No Poolscope of the scrape job {{ $labels.job }} has answered for 5 minutes or more, or Prometheus has no \
            such job. Nothing is known of any target, and all their alerts are silent.
            """,
        dashboard: .poolscopeOfJob)

    private static let scrapeJob = "poolscope"
}
