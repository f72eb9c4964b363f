import Operations
import Practice
import Testing

/// Each alert can be seen coming: a panel shows its metrics with its thresholds, and leads to its runbook.
@Suite("dashboards and alerts")
struct DashboardAlertTests {
    /// The numbers with which the rules of an alert compare, from the one place where they are written. An alert that
    /// is not here compares with 0.
    private static let thresholds: [AlertName: Set<Double>] = [
        .poolExhausted: [Thresholds.PoolWait.critical, Thresholds.Saturation.full],
        .poolClientsWaiting: [Thresholds.PoolWait.warning],
        .poolWaitBudgetBurn: [Thresholds.Burn.fast, Thresholds.Burn.medium, Thresholds.Burn.slow],
        .poolWaitNearTimeout: [Thresholds.PoolWait.shareOfTimeout],
        .poolSaturationHigh: [Thresholds.Saturation.warning, Thresholds.Saturation.critical],
        .poolExhaustionForecast: [Thresholds.Exhaustion.warning],
        .poolReserveInUse: [Thresholds.Saturation.full],
        .poolOversubscribed: [Thresholds.Oversubscription.spareSlots],
        .slotsOnlyReservedLeft: [Thresholds.Saturation.full],
        .connectionLimitHigh: [Thresholds.ConnectionLimit.warning],
        .bouncerClientSlotsHigh: [Thresholds.ClientSlots.warning, Thresholds.ClientSlots.critical],
        .connectionChurn: [Thresholds.Churn.warning],
        .sessionsAbandoned: [Thresholds.AbandonedSessions.warning],
        .idleInTransaction: [Thresholds.IdleInTransaction.warning, Thresholds.IdleInTransaction.critical],
        .slowQueries: [Thresholds.SlowQuery.perMinute, Thresholds.SlowQuery.oldest],
        .queryLatencyBudgetBurn: [Thresholds.Burn.fast, Thresholds.Burn.medium, Thresholds.Burn.slow],
        .longTransaction: [Thresholds.Transaction.warning, Thresholds.Transaction.critical],
        .blockedSessions: [Thresholds.Blocked.longestWarning, Thresholds.Blocked.sessionsCritical],
        .deadlocks: [Thresholds.Deadlocks.perQuarterHour],
        .activeSessionsAboveCores: [
            Thresholds.ActiveSessions.perCoreWarning, Thresholds.ActiveSessions.perCoreCritical,
        ],
        .dataStale: [Thresholds.Watching.staleIntervals],
        .samplerOverrun: [Thresholds.Watching.skippedShare],
    ]

    private static func panels(of alert: AlertName) -> [Panel] {
        Dashboard.all.flatMap(\.panels).filter { panel in
            panel.json["links"].elements.contains { $0["url"].string == ProjectLinks.runbook(of: alert) }
        }
    }

    @Test("every alert has a panel that leads to its runbook", arguments: AlertName.allCases)
    func shown(_ alert: AlertName) {
        #expect(!Self.panels(of: alert).isEmpty)
    }

    @Test("the panels of an alert are coloured from its thresholds on", arguments: AlertName.allCases)
    func thresholds(_ alert: AlertName) {
        let drawn = Self.panels(of: alert).reduce(into: Set<Double>()) { $0.formUnion($1.allThresholds) }
        #expect((Self.thresholds[alert] ?? []).isSubset(of: drawn))
    }

    @Test("no dashboard has a threshold of its own")
    func written() throws {
        for file in try Repository.files(in: "Sources/Operations/Dashboards", withExtension: "swift") {
            // A single one is a count of what should not be there; see PanelThresholds.any.
            let literals = try Repository.text(file).matches(of: /(?:warning|critical|beyond): ([0-9.]+)[,)]/)
            #expect(literals.allSatisfy { $0.1 == "1" }, "\(file)")
        }
    }

    @Test("the links of the model are those of the files")
    func model() {
        for dashboard in Dashboards.all {
            for panel in dashboard.panels {
                let shown = Dashboard.all.first { $0.uid == dashboard.id.rawValue }?.panels.first {
                    $0.title == panel.title
                }
                let links = shown?.json["links"].elements.compactMap { $0["url"].string }
                #expect(links == panel.alerts.map(ProjectLinks.runbook), "\(dashboard.title): \(panel.title)")
            }
        }
    }
}
