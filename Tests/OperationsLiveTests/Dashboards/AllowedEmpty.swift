/// Queries that may return nothing in the scenario, each with its reason.
///
/// An entry whose panel has gone, or whose query does return something, is removed: a test says so.
struct AllowedEmpty: Sendable {
    /// The file's name, without its folder and extension.
    let dashboard: String
    let panel: String
    /// Nil: every query of the panel.
    var refID: String?
    let reason: String

    static let all: [AllowedEmpty] = [
        AllowedEmpty(
            dashboard: "pools", panel: "Paused and disabled databases", refID: "B",
            reason: "SHOW STATE is of newer versions of PgBouncer than Debian 12 has; query A shows the pause.")
    ]

    func covers(_ query: PanelQuery) -> Bool {
        query.dashboard == "dashboards/\(dashboard).json" && query.panel == panel
            && (refID == nil || refID == query.refID)
    }

    func covers(_ complaint: Complaint) -> Bool {
        complaint.isEmptiness && complaint.dashboard == "dashboards/\(dashboard).json" && complaint.subject == panel
            && (refID == nil || refID == complaint.refID)
    }
}
