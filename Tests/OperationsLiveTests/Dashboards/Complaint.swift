/// What is wrong with one thing of a dashboard.
struct Complaint: Sendable, Hashable, CustomStringConvertible {
    let dashboard: String
    /// The title of a panel, `variable x` or `annotation x`.
    let subject: String
    /// Of the panel's query; empty for the others.
    let refID: String
    let problem: Problem

    enum Problem: Sendable, Hashable {
        case failed(String)
        case warnings([String])
        /// No series with a finite value.
        case empty
        /// The same with this variable set to any one of its values.
        case emptyWith(variable: String)
        case tooManySeries(Int)
        /// A label of the legend that no series has.
        case legendLabelMissing(String)
        /// A heatmap whose series have no bucket.
        case noBuckets
        case insane(unit: String, value: Double)
    }

    var description: String {
        let what =
            switch problem {
            case .failed(let error): "fails: \(error)"
            case .warnings(let warnings): "has warnings: \(warnings.joined(separator: "; "))"
            case .empty: "returns nothing"
            case .emptyWith(let variable): "returns nothing whatever one value $\(variable) has"
            case .tooManySeries(let count): "returns \(count) series"
            case .legendLabelMissing(let label): "has no label \(label), which its legend shows"
            case .noBuckets: "is a heatmap without the label le"
            case .insane(let unit, let value): "has a value of \(value), which is none in \(unit)"
            }
        return "\(dashboard), “\(subject)” \(refID): \(what)"
    }

    var isEmptiness: Bool {
        switch problem {
        case .empty, .emptyWith: true
        case .failed, .warnings, .tooManySeries, .legendLabelMissing, .noBuckets, .insane: false
        }
    }
}

extension PanelQuery {
    func complaint(_ problem: Complaint.Problem) -> Complaint {
        Complaint(dashboard: dashboard, subject: panel, refID: refID, problem: problem)
    }
}
