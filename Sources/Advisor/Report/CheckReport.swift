import Observations

/// What all checks of all targets came to, at one time.
package struct CheckReport: Sendable {
    /// One target with its results, in the order of `Checks.all`.
    package struct Target: Sendable {
        package let target: CheckedTarget
        package let watchedSeconds: Double
        package let results: [CheckResult]

        package init(_ facts: CheckFacts, snoozes: [CheckSnooze], at time: Double) {
            target = facts.target
            watchedSeconds = facts.watchedSeconds
            results = Checks.run(facts, snoozes: snoozes, at: time)
        }
    }

    /// One finding and where it was found.
    package struct Entry: Sendable {
        package let target: CheckedTarget
        package let check: any Check.Type
        package let finding: Finding
        /// Why it does not count; nil when it does.
        package let snooze: CheckSnooze?
    }

    package let targets: [Target]
    /// The version of Poolscope.
    package let version: String
    /// In seconds since 1970.
    package let time: Double
    /// The path of the configuration file as it was given; nil for flags.
    package let configurationFile: String?

    package init(targets: [Target], version: String, time: Double, configurationFile: String? = nil) {
        self.targets = targets
        self.version = version
        self.time = time
        self.configurationFile = configurationFile
    }

    /// The findings that count, the worst first, then in the order of targets and checks.
    package var findings: [Entry] { entries { $0.snooze == nil } }

    /// The findings that do not count now, in the same order.
    package var snoozed: [Entry] { entries { $0.snooze != nil } }

    private func entries(_ include: (CheckResult) -> Bool) -> [Entry] {
        let all = targets.flatMap { target in
            target.results.filter(include).flatMap { result in
                result.outcome.findings.map {
                    Entry(target: target.target, check: result.check, finding: $0, snooze: result.snooze)
                }
            }
        }
        // The offset makes the order stable.
        return all.enumerated().sorted {
            ($1.element.finding.severity, $0.offset) < ($0.element.finding.severity, $1.offset)
        }.map(\.element)
    }

    /// Results without findings, with their targets.
    package func results(_ include: (CheckOutcome) -> Bool) -> [(target: CheckedTarget, result: CheckResult)] {
        targets.flatMap { target in target.results.filter { include($0.outcome) }.map { (target.target, $0) } }
    }

    /// Names of targets that could not be read, those whose finding sleeps left out.
    package var unread: [String] {
        findings.filter { $0.check.id == TargetReachable.id }.map(\.target.name)
    }
}

extension CheckReport {
    package static let passedCode: Int32 = 0
    package static let findingsCode: Int32 = 1
    package static let unreadCode: Int32 = 3

    /// How a command ends: 3 when a target could not be read, so that the report is not whole; 1 when a finding is at
    /// least as bad as `threshold`; else 0.
    /// - Parameter threshold: nil: no finding is bad enough.
    package func exitCode(failingOn threshold: CheckSeverity?) -> Int32 {
        if !unread.isEmpty { return Self.unreadCode }
        guard let threshold, let worst = findings.first?.finding.severity, worst >= threshold else {
            return Self.passedCode
        }
        return Self.findingsCode
    }

    /// How many there are of each, for the last line.
    package struct Summary: Sendable, Equatable {
        package var bySeverity: [CheckSeverity: Int] = [:]
        package var findings = 0
        package var snoozed = 0
        package var passed = 0
        package var unknown = 0
        package var notApplicable = 0
    }

    package var summary: Summary {
        var summary = Summary()
        for result in targets.flatMap(\.results) {
            switch result.outcome {
            case .passed: summary.passed += 1
            case .notApplicable: summary.notApplicable += 1
            case .unknown: summary.unknown += 1
            case .found(let found):
                if result.snooze != nil { summary.snoozed += found.count }
            }
        }
        for entry in findings { summary.bySeverity[entry.finding.severity, default: 0] += 1 }
        summary.findings = findings.count
        return summary
    }
}
