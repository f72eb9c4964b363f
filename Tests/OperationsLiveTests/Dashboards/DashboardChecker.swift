import OperationsSupport
import TestSupport

/// Asks a Prometheus everything that a dashboard would.
struct DashboardChecker: Sendable {
    let prometheus: PrivatePrometheus
    let span: PrivatePrometheus.Span
    /// Seconds between two points.
    let step: Double
    /// The scrape interval, in seconds.
    let scrape: Double

    /// A variable with the options that Prometheus gave.
    private struct Resolved {
        let variable: GrafanaVariable
        let options: [String]
    }

    /// What is wrong with the dashboard, but for queries that `isElsewhere` says are asked elsewhere.
    func complaints(
        about dashboard: ShippedDashboard, except isElsewhere: (PanelQuery) -> Bool = { _ in false }
    ) async -> [Complaint] {
        let (variables, values, complaints) = await resolve(dashboard)
        var all = complaints
        for annotation in dashboard.annotations {
            all += await check(annotation, of: dashboard, values)
        }
        for query in dashboard.queries where !isElsewhere(query) {
            all += await check(query, variables, values)
        }
        return all
    }

    /// Each variable in turn, with All (or what is chosen at first) for those before it.
    private func resolve(_ dashboard: ShippedDashboard) async -> ([Resolved], Interpolation, [Complaint]) {
        var values = Interpolation(Interpolation.builtIn(scrape: scrape, step: step, span: span))
        var resolved: [Resolved] = []
        var complaints: [Complaint] = []
        for variable in dashboard.variables {
            func complain(_ problem: Complaint.Problem) {
                complaints.append(
                    Complaint(
                        dashboard: dashboard.path, subject: "variable \(variable.name)", refID: "", problem: problem))
            }
            var options: [String] = []
            do {
                options = try await self.options(of: variable, values)
                if options.isEmpty { complain(.empty) }
            } catch {
                complain(.failed("\(error)"))
            }
            resolved.append(Resolved(variable: variable, options: options))
            values.values[variable.name] =
                variable.includesAll
                ? variable.all(of: options) : GrafanaVariable.escaped(variable.current ?? options.first ?? "")
        }
        return (resolved, values, complaints)
    }

    private struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    private func options(of variable: GrafanaVariable, _ values: Interpolation) async throws -> [String] {
        let all: [String]
        switch variable.source {
        case .fixed(let options): return options
        case .unknown(let query): throw Unreadable(description: "the test does not know such a query: \(query)")
        case .labelValues(let label, let selector):
            all = try await prometheus.labelValues(label, of: try selector.map { try values.text($0) }, over: span)
        case .queryResult(let expression):
            let result = try await prometheus.queryRange(try values.text(expression), over: span, step: step)
            all = result.series.map { series in
                series.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
            }
        }
        guard let pattern = variable.pattern else { return all }
        let regex = try Regex(String(pattern.trimmingPrefix("/").replacing(#//$/#, with: "")))
        return all.filter { $0.contains(regex) }
    }

    /// It must parse and run; what it marks need not have happened.
    private func check(
        _ annotation: (name: String, expression: String), of dashboard: ShippedDashboard, _ values: Interpolation
    ) async -> [Complaint] {
        let problem: Complaint.Problem?
        do {
            let result = try await prometheus.queryRange(
                try values.text(annotation.expression), over: span, step: step)
            problem = result.warnings.isEmpty ? nil : .warnings(result.warnings)
        } catch {
            problem = .failed("\(error)")
        }
        return problem.map {
            [Complaint(dashboard: dashboard.path, subject: "annotation \(annotation.name)", refID: "", problem: $0)]
        } ?? []
    }

    /// With All for every variable, and then with one value for each of them in turn: some value must have data.
    private func check(_ query: PanelQuery, _ variables: [Resolved], _ values: Interpolation) async -> [Complaint] {
        let problems = await problems(of: query, values)
        guard problems.isEmpty else { return problems.map(query.complaint) }
        let used = Interpolation.variables(in: query.expression)
        for resolved in variables where used.contains(resolved.variable.name) {
            let found = await problemsWithOneValue(of: resolved, query, values)
            if !found.isEmpty { return found.map(query.complaint) }
        }
        return []
    }

    private func problemsWithOneValue(
        of resolved: Resolved, _ query: PanelQuery, _ values: Interpolation
    ) async -> [Complaint.Problem] {
        for option in resolved.options {
            var values = values
            values.values[resolved.variable.name] = GrafanaVariable.escaped(option)
            let problems = await problems(of: query, values)
            // A legend's label may be there with other values only.
            let others = problems.filter {
                if case .legendLabelMissing = $0 { false } else { $0 != .empty }
            }
            if !others.isEmpty { return others }
            if !problems.contains(.empty) { return [] }
        }
        return [.emptyWith(variable: resolved.variable.name)]
    }

    private func problems(of query: PanelQuery, _ values: Interpolation) async -> [Complaint.Problem] {
        do {
            let result = try await prometheus.queryRange(try values.text(query.expression), over: span, step: step)
            return PanelVerdict.problems(of: result, for: query)
        } catch {
            return [.failed("\(error)")]
        }
    }
}
