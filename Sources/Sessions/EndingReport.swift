import Observations

/// What became of an action on a selection of sessions. Pure.
package struct EndingReport: Sendable {
    package let selection: SessionSelection
    /// In the order of the selection; fewer when the connection was lost on the way.
    package var results: [ActionResult] = []
    package var remaining: [RemainingSession] = []

    package init(_ selection: SessionSelection) {
        self.selection = selection
    }

    /// Whether all that was asked for was done. Of sessions that a filter matches and that are left alone by rule, nothing
    /// was asked; of one that was named by its process id, it was.
    package var isComplete: Bool {
        results.count == selection.chosen.count && !results.contains { $0.outcome.isFailure } && remaining.isEmpty
            && selection.missing.isEmpty && !isNamedSpared
    }

    private var isNamedSpared: Bool { selection.isByProcessID && !selection.spared.isEmpty }

    /// One finding a line.
    /// - Parameter waited: how long the sessions had to end.
    package func lines(waited: Duration) -> [String] {
        var lines = selection.missing.map { "no session has the process id \($0)" }
        lines += Self.limited(selection.spared) { "left alone: \(SessionText.name($0.row)): it \($0.reason.sentence)" }
        lines += Self.limited(results.filter { $0.outcome != .done }) {
            "\(SessionText.name($0.row)) \($0.outcome.sentence)"
        }
        let verb = selection.action == .cancel ? "still runs its statement" : "is still there"
        lines += Self.limited(remaining) {
            "\(SessionText.name($0.row)) \(verb) after \(AgeText.format(waited / .seconds(1)))"
                + ($0.wait.map { "; it waits for \($0)" } ?? "")
        }
        let omitted = selection.chosen.count - results.count
        if !results.isEmpty, omitted > 0 {
            lines.append("the connection was lost: \(Plural.count(omitted, "session")) not tried")
        }
        lines.append(summary)
        return lines
    }

    private var summary: String {
        let done = results.count { $0.outcome == .done }
        let what = selection.action == .cancel ? "statement" : "session"
        let verb = selection.action == .cancel ? "cancelled" : "terminated"
        if selection.chosen.isEmpty { return "no session to \(selection.action.rawValue)" }
        if results.isEmpty { return "nothing was done to \(Plural.count(selection.chosen.count, "session"))" }
        if done == 0 { return "nothing was \(verb)" }
        if remaining.isEmpty { return "\(Plural.count(done, what)) \(verb)" }
        return
            "\(Plural.count(done, what)) signalled, \(done - remaining.count) \(verb), \(remaining.count) still there"
    }

    package var json: JSONText {
        let left = Set(remaining.map(\.row.pid))
        let results = results.map { result in
            JSONText.object([
                .init("session", result.row.json), .init("outcome", .string(result.outcome.word)),
                .init("detail", .string(result.outcome.detail)),
                .init("ended", .bool(Self.hasEnded(result, left))),
            ])
        }
        let spared = selection.spared.map {
            JSONText.object([.init("session", $0.row.json), .init("reason", .string($0.reason.rawValue))])
        }
        return .object([
            .init("action", .string(selection.action.rawValue)),
            .init("chosen", .integer(Int64(selection.chosen.count))), .init("results", .array(results)),
            .init("left_alone", .array(spared)), .init("missing", .array(selection.missing.map { .integer($0) })),
            .init("complete", .bool(isComplete)),
        ])
    }

    private static func hasEnded(_ result: ActionResult, _ left: Set<Int32>) -> Bool {
        switch result.outcome {
        case .done: !left.contains(result.row.pid)
        case .gone, .reused: true
        case .changed, .insufficientPrivilege, .refused, .failed: false
        }
    }

    private static let limit = 50

    private static func limited<Value>(_ values: [Value], _ line: (Value) -> String) -> [String] {
        let rest = values.count - limit
        return values.prefix(limit).map(line) + (rest > 0 ? ["… and \(rest) more"] : [])
    }
}
