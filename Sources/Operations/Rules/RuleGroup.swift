/// What can stand in a group of rules.
protocol RuleText: Sendable {
    /// Its YAML, not indented.
    var lines: [String] { get }
}

/// Rules that are evaluated one after the other, at the same moments.
package struct RuleGroup: Sendable {
    package let name: String
    /// Between evaluations; Prometheus' own where absent.
    package let interval: String?
    package let recordingRules: [RecordingRule]
    package let alerts: [AlertRule]

    package init(
        _ name: String, interval: String? = nil, recordingRules: [RecordingRule] = [], alerts: [AlertRule] = []
    ) {
        self.name = name
        self.interval = interval
        self.recordingRules = recordingRules
        self.alerts = alerts
    }

    var lines: [String] {
        let rules: [any RuleText] = recordingRules + alerts
        let bodies = rules.map { rule in rule.lines.map { $0.isEmpty ? "" : "      " + $0 } }
        return ["  - name: \(name)"] + (interval.map { ["    interval: \($0)"] } ?? []) + ["    rules:"]
            + Array(bodies.joined(separator: [""]))
    }
}
