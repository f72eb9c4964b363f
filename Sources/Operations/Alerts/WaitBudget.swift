import Practice

/// A window over which the wait budget of a pool is watched.
enum BudgetWindow: String {
    case fiveMinutes = "5m"
    case halfHour = "30m"
    case hour = "1h"
    case sixHours = "6h"
    case threeDays = "3d"

    var seconds: Int {
        switch self {
        case .fiveMinutes: 300
        case .halfHour: 1_800
        case .hour: 3_600
        case .sixHours: 21_600
        case .threeDays: 259_200
        }
    }

    /// The recorded share of bad time.
    var poolWaitBad: String { "pool:poolscope_pool_wait_bad:ratio\(rawValue)" }
}

extension RecordingRule {
    private static let bad = "pool:poolscope_pool_wait_bad:bool"

    static let poolWaitBad = RecordingRule(
        bad,
        comment: """
            1 while the first client in a pool's queue has waited for longer than \
            \(AlertText.duration(Thresholds.PoolWait.bad)), else 0: bad time, which uses up the wait budget.
            """,
        expression: "poolscope_pool_oldest_wait_seconds > bool \(number(Thresholds.PoolWait.bad))")

    /// The sum over the samples that the window should have, not their mean: a pool that is not there has nobody
    /// waiting, and one that has just been made has not used up its budget with its first minute.
    static func poolWaitBad(over window: BudgetWindow) -> RecordingRule {
        RecordingRule(
            window.poolWaitBad,
            comment: window == .fiveMinutes
                ? """
                The share of a window that was bad time: over the \(PoolTiming.interval) samples that it should \
                have, so that a pool is not charged with time in which it was not there.
                """ : "",
            expression:
                "clamp_max(sum_over_time(\(bad)[\(window.rawValue)]) / \(window.seconds / PoolTiming.seconds), 1)")
    }
}

extension AlertRule {
    private static func burns(_ factor: Double, _ long: BudgetWindow, _ short: BudgetWindow) -> String {
        let share = number(factor * (1 - Thresholds.WaitObjective.share))
        return "\(long.poolWaitBad) > \(share)\nand\n\(short.poolWaitBad) > \(share)"
    }

    private static let objective = """
        The objective is that the first client in the queue waits for no longer than \
        \(AlertText.duration(Thresholds.PoolWait.bad)) in \(AlertText.percent(Thresholds.WaitObjective.share)) of the \
        time.
        """

    private static func spent(_ window: BudgetWindow, _ name: String) -> String {
        AlertText.lookup(
            window.poolWaitBad, sharing: AlertText.ofPool,
            "\(AlertText.value("humanizePercentage")) of the last \(name)")
    }

    static let poolWaitBudgetBurnFast = AlertRule(
        .poolWaitBudgetBurn, .critical,
        comment: """
            A page: at this rate the month's budget of waiting is gone within days. The long window says that it \
            matters, the short one that it goes on. It sees queues that come and go, which those alerts that ask for \
            a queue at every look do not.
            """,
        expression: """
            \(burns(Thresholds.Burn.fast, .hour, .fiveMinutes))
            or
            \(burns(Thresholds.Burn.medium, .sixHours, .halfHour))
            """,
        for: "2m", keepFiringFor: "5m",
        summary: """
            Clients of pool {{ $labels.database }}/{{ $labels.user }} of {{ $labels.target }} wait too often: the \
            month's budget is used up within days
            """,
        description: """
            Clients of the {{ $labels.pooler }} pool for database {{ $labels.database }} and user {{ $labels.user }} \
            on {{ $labels.target }} waited for longer than \(AlertText.duration(Thresholds.PoolWait.bad)) in \
            \(spent(.hour, "hour")) and \(spent(.sixHours, "6 hours")). \(objective)
            """,
        dashboard: .pool)

    static let poolWaitBudgetBurnSlow = AlertRule(
        .poolWaitBudgetBurn, .warning,
        comment: """
            A ticket: the budget is being used up as fast as it comes. Each queue is short, together they are too many.
            """,
        expression: burns(Thresholds.Burn.slow, .threeDays, .sixHours),
        for: "1h",
        summary: """
            Clients of pool {{ $labels.database }}/{{ $labels.user }} of {{ $labels.target }} wait too often: the \
            budget for it is being used up
            """,
        description: """
            Clients of the {{ $labels.pooler }} pool for database {{ $labels.database }} and user {{ $labels.user }} \
            on {{ $labels.target }} waited for longer than \(AlertText.duration(Thresholds.PoolWait.bad)) in {{ \
            $value | humanizePercentage }} of the last 3 days. \(objective)
            """,
        dashboard: .pool)
}
