/// How bad a figure is. Told by a word or a mark too, never by colour alone.
enum StatusLevel: String, Sendable {
    case fine, warning, critical

    /// Where a figure stands between two thresholds; what is not known is no worry.
    static func of(_ value: Double?, warning: Double, critical: Double) -> StatusLevel {
        guard let value else { return .fine }
        return value >= critical ? .critical : value >= warning ? .warning : .fine
    }

    init(severity: String) {
        self = severity == "critical" ? .critical : severity == "warning" ? .warning : .fine
    }

    var word: String {
        switch self {
        case .fine: ""
        case .warning: "Warning:"
        case .critical: "Critical:"
        }
    }

    /// Stands before a figure in a table.
    var mark: String {
        switch self {
        case .fine: ""
        case .warning: "▲ "
        case .critical: "● "
        }
    }
}
