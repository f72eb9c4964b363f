/// What one check of one target came to.
package struct CheckResult: Sendable {
    package let check: any Check.Type
    package let outcome: CheckOutcome
    /// Why its findings do not count now; nil when they do, and when there are none.
    package let snooze: CheckSnooze?

    /// - Parameter time: now, in seconds since 1970.
    package init(_ check: any Check.Type, _ facts: CheckFacts, snoozes: [CheckSnooze], at time: Double) {
        self.check = check
        outcome = check.run(facts)
        snooze =
            outcome.findings.isEmpty
            ? nil : snoozes.first { $0.covers(check.id, of: facts.target.name, at: time) }
    }

    /// The findings that count.
    package var findings: [Finding] { snooze == nil ? outcome.findings : [] }
}

extension Checks {
    /// All that can be asked of a target of this kind.
    package static func run(_ facts: CheckFacts, snoozes: [CheckSnooze] = [], at time: Double) -> [CheckResult] {
        all.filter { $0.subjects.contains(facts.target.kind) }.map {
            CheckResult($0, facts, snoozes: snoozes, at: time)
        }
    }
}
