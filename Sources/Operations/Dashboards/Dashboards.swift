/// The dashboards that are shipped. A new one is a file, a `DashboardID` and a line here.
package enum Dashboards {
    package static let all: [Dashboard] = [
        FleetDashboard.dashboard, PoolsDashboard.dashboard, SlotsDashboard.dashboard, ActivityDashboard.dashboard,
        SlowQueriesDashboard.dashboard, TransactionsDashboard.dashboard, SelfDashboard.dashboard,
    ]

    package static let files: [GeneratedFile] = all.map(\.file) + [Provisioning.file]
}
