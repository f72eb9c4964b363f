/// A panel of a dashboard.
///
/// It cannot be written without saying what it means, when to worry and what to look at next; its place, its id and
/// the data source are not its own business.
package struct Panel: Sendable {
    /// Columns of the grid, of which there are 24.
    package enum Width: Int, Sendable {
        case sixth = 4
        case quarter = 6
        case third = 8
        case half = 12
        case twoThirds = 16
        case full = 24
    }

    package let title: String
    package let kind: PanelKind
    /// What the numbers are, and what they leave out.
    let means: String
    /// Continues “Worry”: when, about what.
    let worry: String
    /// What to look at or do after that.
    let next: String
    package let unit: PanelUnit
    package let queries: [PanelQuery]
    let width: Width
    package let thresholds: PanelThresholds
    /// The alerts that this panel explains: it shows their metrics and thresholds, and leads to their runbooks.
    package let alerts: [AlertName]
    let links: [PanelLink]
    let styles: [SeriesStyle]
    /// The start of the axis; nil where there is less than nothing.
    let minimum: Double?
    /// The end of the axis; nil for what the data asks for.
    let maximum: Double?
    /// What a stat or a gauge says when there is nothing.
    let noValue: String

    init(
        _ kind: PanelKind, _ title: String, _ width: Width, means: String, worry: String, next: String,
        unit: PanelUnit, _ queries: [PanelQuery], thresholds: PanelThresholds = .none, alerts: [AlertName] = [],
        links: [PanelLink] = [], styles: [SeriesStyle] = [], minimum: Double? = 0, maximum: Double? = nil,
        noValue: String = "no data"
    ) {
        self.kind = kind
        self.title = title
        self.width = width
        self.means = means
        self.worry = worry
        self.next = next
        self.unit = unit
        self.queries = queries
        self.thresholds = thresholds
        self.alerts = alerts
        self.links = links
        self.styles = styles
        self.minimum = minimum
        self.maximum = maximum
        self.noValue = noValue
    }

    func json(id: Int, place: GridPlace) -> JSON {
        let panel: JSON = [
            "datasource": Dashboard.datasource, "description": .string(description),
            "fieldConfig": ["defaults": defaults, "overrides": .array(overrides)], "gridPos": place.json,
            "id": .integer(id), "links": .array(alerts.map(Self.runbookLink)), "options": kind.options(unit: unit),
            "pluginVersion": "10.0.0",
            "targets": .array(queries.enumerated().map { $1.json(place: $0) }), "title": .string(title),
            "type": .string(kind.type),
        ]
        return transformations.map { panel.adding(["transformations": $0]) } ?? panel
    }

    private var description: String { "\(means)\n\n**Worry** \(worry)\n\n**Next:** \(next)" }

    private var defaults: JSON {
        var members: [String: JSON] = [
            "color": ["mode": .string(colourMode)], "mappings": .array([]), "noValue": .string(noValue),
            "thresholds": thresholds.json, "unit": .string(unit.rawValue),
        ]
        if let custom = kind.custom { members["custom"] = custom }
        if let minimum { members["min"] = .exact(minimum) }
        if let maximum { members["max"] = .exact(maximum) }
        if !links.isEmpty { members["links"] = .array(links.map(\.json)) }
        if case .timeline(let states) = kind { members["mappings"] = PanelMapping.json(states) }
        if unit == .count, case .stat = kind { members["decimals"] = 0 }
        return .object(members)
    }

    private var colourMode: String {
        switch kind {
        case .lines, .stacked: "palette-classic"
        case .stat, .heatmap, .table, .bars, .gauge, .timeline: "thresholds"
        }
    }

    private var overrides: [JSON] {
        switch kind {
        case .table(let columns, _): columns.compactMap(\.override)
        case .stat, .lines, .stacked, .heatmap, .bars, .gauge, .timeline: styles.map(\.json)
        }
    }

    /// A table's queries become the columns of one row for each set of labels.
    private var transformations: JSON? {
        guard case .table(let columns, _) = kind else { return nil }
        let places = columns.enumerated().map { ($1.field, JSON.integer($0)) }
        let names = columns.map { ($0.field, JSON.string($0.title)) }
        let values = queries.indices.map { PanelColumn.valueField(of: $0, among: queries.count) }
        let fields = Set(columns.map(\.field))
        let hidden = (["Time", "__name__", "job", "instance"] + values).filter { !fields.contains($0) }
        let organize: JSON = [
            "id": "organize",
            "options": [
                "excludeByName": .object(Dictionary(hidden.map { ($0, true) }) { $1 }),
                "indexByName": .object(Dictionary(places) { $1 }),
                "renameByName": .object(Dictionary(names) { $1 }),
            ],
        ]
        return [["id": "merge", "options": [:]], organize]
    }

    private static func runbookLink(_ alert: AlertName) -> JSON {
        [
            "targetBlank": true, "title": "Runbook: \(alert.rawValue)",
            "url": .string(ProjectLinks.runbook(of: alert)),
        ]
    }
}
