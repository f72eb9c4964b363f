import Foundation

extension PrivatePrometheus {
    /// A time since 1970, in seconds, and a value.
    package struct Point: Sendable, Equatable, Decodable {
        package let time: Double
        package let value: Double

        package init(time: Double, value: Double) {
            self.time = time
            self.value = value
        }

        package init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            time = try pair.decode(Double.self)
            let text = try pair.decode(String.self)
            value = text == "+Inf" ? .infinity : text == "-Inf" ? -.infinity : Double(text) ?? .nan
        }
    }

    /// One series of a range.
    package struct Series: Sendable, Equatable {
        /// With `__name__` where the expression keeps it.
        package let labels: [String: String]
        package let points: [Point]

        package init(labels: [String: String], points: [Point]) {
            self.labels = labels
            self.points = points
        }
    }

    /// The answer to a range query.
    package struct RangeResult: Sendable, Equatable {
        package let series: [Series]
        package let warnings: [String]

        package init(series: [Series], warnings: [String] = []) {
            self.series = series
            self.warnings = warnings
        }
    }

    /// A span of time, since 1970, in seconds.
    package struct Span: Sendable, Equatable {
        package let start: Double
        package let end: Double

        package init(start: Double, end: Double) {
            self.start = start
            self.end = end
        }

        package var seconds: Double { end - start }

        /// Now, for `Span.start` and `Span.end`.
        package static var now: Double { Date.now.timeIntervalSince1970 }
    }

    /// One rule as it is doing.
    package struct Rule: Sendable, Equatable, Decodable {
        package let name: String
        /// `alerting` or `recording`.
        package let type: String
        /// `ok`, `err`, or `unknown` before its first evaluation.
        package let health: String
        package let lastError: String?
    }

    /// Evaluates an expression at every step of a span.
    package nonisolated func queryRange(
        _ expression: String, over span: Span, step: Double
    ) async throws -> RangeResult {
        let answer: Answer<Matrix> = try await ask(
            "/api/v1/query_range",
            [("query", expression), ("start", "\(span.start)"), ("end", "\(span.end)"), ("step", "\(step)")])
        return RangeResult(series: answer.data.series, warnings: answer.warnings ?? [])
    }

    /// The samples, as they were scraped, of the series that a selector selects.
    package nonisolated func samples(of selector: String, over span: Span) async throws -> [Series] {
        let answer: Answer<Matrix> = try await ask(
            "/api/v1/query",
            [("query", "\(selector)[\(Int(span.seconds.rounded(.up)))s]"), ("time", "\(span.end)")])
        return answer.data.series
    }

    /// The values of a label, sorted, of the series that a selector selects; of all series without one.
    package nonisolated func labelValues(
        _ label: String, of selector: String?, over span: Span
    ) async throws -> [String] {
        let match = selector.map { [("match[]", $0)] } ?? []
        let answer: Answer<[String]> = try await ask(
            "/api/v1/label/\(label)/values", match + [("start", "\(span.start)"), ("end", "\(span.end)")])
        return answer.data
    }

    /// The label sets, `__name__` included, of the series that a selector selects.
    package nonisolated func series(_ selector: String, over span: Span) async throws -> [[String: String]] {
        let answer: Answer<[[String: String]]> = try await ask(
            "/api/v1/series", [("match[]", selector), ("start", "\(span.start)"), ("end", "\(span.end)")])
        return answer.data
    }

    /// Every rule that is loaded.
    package nonisolated func rules() async throws -> [Rule] {
        let answer: Answer<RuleGroups> = try await ask("/api/v1/rules")
        return answer.data.groups.flatMap(\.rules)
    }
}

private struct Matrix: Decodable {
    let series: [PrivatePrometheus.Series]

    private enum Key: String, CodingKey { case result }

    private struct Element: Decodable {
        let metric: [String: String]
        let values: [PrivatePrometheus.Point]
    }

    init(from decoder: any Decoder) throws {
        let elements = try decoder.container(keyedBy: Key.self).decode([Element].self, forKey: .result)
        series = elements.map { .init(labels: $0.metric, points: $0.values) }
    }
}

private struct RuleGroups: Decodable {
    struct Group: Decodable {
        let rules: [PrivatePrometheus.Rule]
    }
    let groups: [Group]
}
