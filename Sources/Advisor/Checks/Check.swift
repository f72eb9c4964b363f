import Observations

/// One thing that a look at a system can find right or wrong. A pure function of facts: it does no I/O and asks no clock.
///
/// To add one: its file, its test (facts that trip it, facts that do not), a line in `Checks.all`.
package protocol Check: Sendable {
    /// Kebab-case and never changed: people snooze it by this, and alerts name it.
    static var id: String { get }
    static var group: CheckGroup { get }
    /// What is right when it passes, in a few words: “Statements have a time-out”.
    static var title: String { get }
    /// Of its findings, unless a finding says otherwise.
    static var severity: CheckSeverity { get }
    /// The kinds of target that it is asked of.
    static var subjects: [TargetKind] { get }
    /// Without any one of these it cannot judge.
    static var needs: [Fact] { get }
    /// Why it matters and how it judges, thresholds included, in one paragraph for people: `docs/checks.md`.
    static var explanation: String { get }
    /// - Throws: `MissingFact` when something that it needs is not known.
    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome
}

extension Check {
    /// The outcome for one target, whatever is known of it.
    package static func run(_ facts: CheckFacts) -> CheckOutcome {
        guard subjects.contains(facts.target.kind) else {
            return .notApplicable("it is a check of \(subjects.map(\.title).joined(separator: " or "))")
        }
        do throws(MissingFact) {
            for need in needs {
                if let reason = need.reasonMissing(in: facts) { throw MissingFact(reason) }
            }
            let outcome = try evaluate(facts)
            if case .found(let findings) = outcome { precondition(!findings.isEmpty, "\(id) found nothing") }
            return outcome
        } catch {
            return .unknown(error.reason)
        }
    }
}

extension TargetKind {
    package var title: String {
        switch self {
        case .postgres: "a PostgreSQL server"
        case .pgbouncer: "a PgBouncer"
        }
    }
}
