/// The kinds of panels, with what only that kind has.
package enum PanelKind: Sendable {
    /// One number, with its course behind it.
    case stat
    /// Lines.
    case lines
    /// Areas upon each other; for parts of a whole only.
    case stacked
    /// The rows of a histogram over time.
    case heatmap
    /// Rows, the first column's greatest value first unless another is named.
    case table(columns: [PanelColumn], sortBy: String)
    /// A bar for each series.
    case bars
    case gauge
    /// States over time, a line for each series.
    case timeline(states: [PanelMapping])

    /// Grafana's name of it.
    var type: String {
        switch self {
        case .stat: "stat"
        case .lines, .stacked: "timeseries"
        case .heatmap: "heatmap"
        case .table: "table"
        case .bars: "bargauge"
        case .gauge: "gauge"
        case .timeline: "state-timeline"
        }
    }

    /// Rows of the grid.
    var height: Int {
        switch self {
        case .stat: 5
        case .gauge: 7
        case .lines, .stacked, .heatmap, .bars, .table, .timeline: 9
        }
    }

    func options(unit: PanelUnit) -> JSON {
        switch self {
        case .stat: Self.statOptions
        case .lines, .stacked: ["legend": Self.tableLegend, "tooltip": ["mode": "multi", "sort": "desc"]]
        case .heatmap:
            Self.heatmapOptions.adding([
                "yAxis": ["axisPlacement": "left", "reverse": false, "unit": .string(unit.rawValue)]
            ])
        case .table(_, let sortBy):
            [
                "cellHeight": "sm",
                "footer": ["countRows": false, "fields": [], "reducer": ["sum"], "show": false],
                "frameIndex": 0, "showHeader": true, "sortBy": [["desc": true, "displayName": .string(sortBy)]],
            ]
        case .bars: Self.barOptions
        case .gauge:
            [
                "orientation": "auto", "reduceOptions": Self.lastValue, "showThresholdLabels": false,
                "showThresholdMarkers": true,
            ]
        case .timeline: Self.timelineOptions
        }
    }

    /// The part of `fieldConfig.defaults` that is called `custom`.
    var custom: JSON? {
        switch self {
        case .lines: Self.lineStyle(stacking: "none", fillOpacity: 8)
        case .stacked: Self.lineStyle(stacking: "normal", fillOpacity: 50)
        case .heatmap:
            [
                "hideFrom": ["legend": false, "tooltip": false, "viz": false],
                "scaleDistribution": ["type": "linear"],
            ]
        case .table: ["align": "auto", "cellOptions": ["type": "auto"], "filterable": true, "inspect": false]
        case .timeline: ["fillOpacity": 80, "lineWidth": 0]
        case .stat, .bars, .gauge: nil
        }
    }

    private static let lastValue: JSON = ["calcs": ["lastNotNull"], "fields": "", "values": false]

    private static let tableLegend: JSON = [
        "calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": "bottom", "showLegend": true,
        "sortBy": "Max", "sortDesc": true,
    ]

    private static let statOptions: JSON = [
        "colorMode": "background", "graphMode": "area", "justifyMode": "auto", "orientation": "auto",
        "percentChangeColorMode": "standard", "reduceOptions": lastValue, "showPercentChange": false,
        "textMode": "auto",
        "wideLayout": true,
    ]

    private static let barOptions: JSON = [
        "displayMode": "gradient", "minVizHeight": 10, "minVizWidth": 0, "orientation": "horizontal",
        "reduceOptions": lastValue, "showUnfilled": true, "valueMode": "color",
    ]

    private static let timelineOptions: JSON = [
        "alignValue": "left",
        "legend": ["calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": true],
        "mergeValues": true, "rowHeight": 0.9, "showValue": "never", "tooltip": ["mode": "single", "sort": "none"],
    ]

    private static let heatmapOptions: JSON = [
        "calculate": false, "cellGap": 1, "cellValues": ["unit": "short"],
        "color": [
            "exponent": 0.5, "fill": "dark-orange", "mode": "scheme", "reverse": false, "scale": "exponential",
            "scheme": "Oranges", "steps": 64,
        ],
        "exemplars": ["color": "rgba(255,0,255,0.7)"], "filterValues": ["le": 1e-9], "legend": ["show": true],
        "rowsFrame": ["layout": "auto"], "showValue": "never", "tooltip": ["mode": "single", "yHistogram": false],
    ]

    private static func lineStyle(stacking: JSON, fillOpacity: JSON) -> JSON {
        [
            "drawStyle": "line", "fillOpacity": fillOpacity, "lineWidth": 1, "showPoints": "auto",
            "spanNulls": false, "stacking": ["group": "A", "mode": stacking],
            "thresholdsStyle": ["mode": "dashed"],
        ]
    }
}
