import Operations

/// Which columns a table shows, in which order and under which names: Grafana's transformation “organize”.
struct TableColumns: Sendable {
    private let hidden: Set<String>
    private let places: [String: Int]
    private let names: [String: String]
    /// The title of the column whose greatest values come first.
    let sorting: String?

    init(_ json: JSON) throws(PreviewError) {
        var options = JSON.null
        for transformation in json["transformations"].elements {
            switch transformation["id"].string {
            case "merge": break
            case "organize": options = transformation["options"]
            default:
                throw PreviewError(
                    "the transformation \(transformation["id"].canonical()) is none that a preview knows")
            }
        }
        hidden = Set(Self.members(options["excludeByName"]).filter { $0.value == .bool(true) }.keys)
        places = Self.members(options["indexByName"]).compactMapValues(\.integer)
        names = Self.members(options["renameByName"]).compactMapValues(\.string)
        sorting = json["options"]["sortBy"].elements.first?["displayName"].string
    }

    private static func members(_ json: JSON) -> [String: JSON] {
        if case .object(let members) = json { members } else { [:] }
    }

    /// The fields that are shown, with their titles, from left to right.
    func shown(of fields: [String]) -> [(field: String, title: String)] {
        fields.filter { !hidden.contains($0) }.enumerated()
            .sorted { (places[$0.element] ?? .max, $0.offset) < (places[$1.element] ?? .max, $1.offset) }
            .map { ($0.element, names[$0.element] ?? $0.element) }
    }
}
