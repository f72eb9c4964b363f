/// Queries that may return nothing in the scenario, each with its reason.
///
/// An entry whose query does return something is removed: a test says so.
struct AllowedEmpty: Sendable {
    /// The file's name, without its folder and extension.
    let dashboard: String
    let panel: String
    /// Nil: every query of the panel.
    var refID: String?
    let reason: String

    static let all: [AllowedEmpty] = []

    func covers(_ query: PanelQuery) -> Bool {
        query.dashboard == "dashboards/\(dashboard).json" && query.panel == panel
            && (refID == nil || refID == query.refID)
    }

    func covers(_ complaint: Complaint) -> Bool {
        complaint.isEmptiness && complaint.dashboard == "dashboards/\(dashboard).json" && complaint.subject == panel
            && (refID == nil || refID == complaint.refID)
    }
}
