/// A file of rules for Prometheus.
package struct RuleFile: Sendable {
    package let path: String
    /// What a person reads first.
    package let heading: String
    package let groups: [RuleGroup]

    package init(path: String, heading: String, groups: [RuleGroup]) {
        self.path = path
        self.heading = heading
        self.groups = groups
    }

    package var generated: GeneratedFile {
        let body = groups.map(\.lines).joined(separator: [""])
        let lines = YAMLText.comment(heading) + ["groups:"] + Array(body)
        return GeneratedFile(path: path, text: lines.joined(separator: "\n") + "\n")
    }
}
