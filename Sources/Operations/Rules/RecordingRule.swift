/// One recording rule, named `level:metric:operations`.
package struct RecordingRule: Sendable {
    package let name: String
    /// What it stands for; a comment in the rule file.
    package let comment: String
    package let expression: String

    package init(_ name: String, comment: String, expression: String) {
        self.name = name
        self.comment = comment
        self.expression = expression
    }
}

extension RecordingRule: RuleText {
    var lines: [String] {
        YAMLText.comment(comment) + ["- record: \(name)", "  expr: |"] + YAMLText.indented(expression, by: 4)
    }
}
