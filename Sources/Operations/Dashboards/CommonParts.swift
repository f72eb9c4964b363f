import Practice

/// The same limits on several panels.
extension PanelThresholds {
    static let saturation = above(
        warning: Thresholds.Saturation.warning, critical: Thresholds.Saturation.critical,
        beyond: Thresholds.Saturation.full)

    static let poolWait = above(warning: Thresholds.PoolWait.warning, critical: Thresholds.PoolWait.critical)

    static let perCore = above(
        warning: Thresholds.ActiveSessions.perCoreWarning, critical: Thresholds.ActiveSessions.perCoreCritical)

    static let transaction = above(warning: Thresholds.Transaction.warning, critical: Thresholds.Transaction.critical)

    static let idleInTransaction = above(
        warning: Thresholds.IdleInTransaction.warning, critical: Thresholds.IdleInTransaction.critical)

    /// One may be blocked at any moment; many are an outage.
    static let blockedSessions = above(critical: Thresholds.Blocked.sessionsCritical)

    static let stale = above(critical: Thresholds.Watching.staleIntervals)

    static let exhaustion = below(warning: Thresholds.Exhaustion.warning)

    static let burn = above(
        warning: Thresholds.Burn.slow, critical: Thresholds.Burn.medium, beyond: Thresholds.Burn.fast)
}

/// How the series of a pool are called, and where they lead.
enum Legend {
    static let pool = "{{target}} {{database}} {{user}}"

    static let poolLink = PanelLink(
        "This pool", to: .pools, setting: [.series("target"), .series("database"), .series("user")])
}

/// What an objective leaves to be spent.
enum Budget {
    /// The share that may be bad, as text: 0.01 for an objective of 0.99.
    static func of(_ objective: Double) -> String {
        Spoken.number(((1 - objective) * 1_000_000).rounded() / 1_000_000)
    }
}

/// The states of a target, by colour.
enum TargetState {
    static let mappings: [PanelMapping] = [
        .value("up", "green"), .value("connecting", "orange"), .value("starting_up", "orange"),
        .pattern("^(?!(up|connecting|starting_up)$).+$", "red"),
    ]
}
