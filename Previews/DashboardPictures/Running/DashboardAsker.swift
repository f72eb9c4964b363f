import OperationsSupport
import TestSupport

/// Asks a Prometheus what Grafana would ask for a dashboard, with All chosen for each variable.
struct DashboardAsker: Sendable {
    let prometheus: PrivatePrometheus
    let span: PrivatePrometheus.Span
    /// The scrape interval that Grafana would be told of, in seconds: `$__rate_interval` is four of them.
    let scrape: Double

    /// Points of a graph: enough for its width.
    private static let points = 150.0
    /// Columns of a heatmap.
    private static let columns = 60.0

    /// - Throws: a sentence that names the file, the panel and the query.
    func page(of dashboard: PreviewDashboard) async throws -> DashboardPage {
        let grid = grid(points: Self.points)
        var values = Interpolation(Interpolation.builtIn(scrape: scrape, step: grid.step, span: span))
        for (_, variable) in dashboard.variables {
            values.values[variable.name] = try await value(of: variable, values)
        }
        var events: [GraphEvent] = []
        for annotation in dashboard.annotations {
            let result = try await prometheus.queryRange(
                try values.text(annotation.expression), over: span, step: grid.step)
            events.append(annotation.event(from: result.series, over: grid))
        }
        var panels: [PanelDrawing] = []
        for panel in dashboard.panels {
            do {
                panels.append(try await drawing(of: panel, grid, values, events))
            } catch {
                throw PreviewError("\(dashboard.path), panel “\(panel.title)”: \(error)")
            }
        }
        let choices = dashboard.variables.map { label, variable in
            (label, variable.includesAll ? "All" : variable.current ?? "Prometheus")
        }
        return DashboardPage(title: dashboard.title, choices: choices, grid: grid, panels: panels)
    }

    private func grid(points: Double) -> TimeGrid {
        let step = max(1, (span.seconds / points).rounded(.up))
        // Whole steps, so that the last point is the end.
        let start = span.end - (span.seconds / step).rounded(.down) * step
        return TimeGrid(span: .init(start: start, end: span.end), step: step)
    }

    private func drawing(
        of panel: PreviewPanel, _ usual: TimeGrid, _ values: Interpolation, _ events: [GraphEvent]
    ) async throws -> PanelDrawing {
        let grid = panel.kind == .heatmap ? self.grid(points: Self.columns) : usual
        var values = values
        values.values.merge(Interpolation.builtIn(scrape: scrape, step: grid.step, span: grid.span)) { $1 }
        var answers: [PanelAnswer] = []
        for query in panel.queries {
            answers.append(PanelAnswer(query: query, series: try await series(of: query, grid, values)))
        }
        return PanelDrawing(panel, answers, grid, events: events)
    }

    private func series(
        of query: PreviewQuery, _ grid: TimeGrid, _ values: Interpolation
    ) async throws -> [PrivatePrometheus.Series] {
        let expression = try values.text(query.expression)
        guard query.isInstant else {
            return try await prometheus.queryRange(expression, over: grid.span, step: grid.step).series
        }
        return try await prometheus.query(expression, at: span.end).map { sample in
            .init(labels: sample.labels, points: [.init(time: span.end, value: sample.value)])
        }
    }

    private func value(of variable: GrafanaVariable, _ values: Interpolation) async throws -> String {
        switch variable.source {
        case .fixed(let options): return variable.current ?? options.first ?? ""
        case .labelValues(let label, let selector):
            if variable.includesAll, let all = variable.allValue { return all }
            let options = try await prometheus.labelValues(
                label, of: try selector.map { try values.text($0) }, over: span)
            return variable.includesAll ? variable.all(of: options) : GrafanaVariable.escaped(options.first ?? "")
        case .queryResult, .unknown:
            throw PreviewError("the variable \(variable.name) is of a kind that no preview can resolve")
        }
    }
}
