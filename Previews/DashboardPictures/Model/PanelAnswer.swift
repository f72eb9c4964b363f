import TestSupport

/// What Prometheus said to one query of a panel.
package struct PanelAnswer: Sendable {
    package let query: PreviewQuery
    /// An instant query's series have one point.
    package let series: [PrivatePrometheus.Series]

    package init(query: PreviewQuery, series: [PrivatePrometheus.Series]) {
        self.query = query
        self.series = series
    }
}
