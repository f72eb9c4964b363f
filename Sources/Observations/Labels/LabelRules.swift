/// What becomes of the labels that clients choose, before anything is counted by them.
package struct LabelRules: Sendable, Equatable {
    package enum Label: String, Sendable, CaseIterable {
        case applicationName = "application_name"
        case user = "usename"
        case database = "datname"
        case clientAddress = "client_address"
        case waitEvent = "wait_event"
    }

    /// In the order in which they are applied.
    package let rules: [LabelRule]
    private let memory = LabelMemory()

    /// The longest a value can be before and after each rule, in Unicode scalars; the rest is cut off.
    package static let valueLimit = 256

    package init(_ rules: [LabelRule] = []) {
        self.rules = rules
    }

    package static func == (lhs: LabelRules, rhs: LabelRules) -> Bool { lhs.rules == rhs.rules }

    /// What the rules make of a value. Values that were met before are looked up.
    package func rewrite(_ value: String, of label: Label) -> String {
        guard rules.contains(where: { $0.label == label }) else { return value }
        if let known = memory[label, value] { return known }
        var result = Self.cut(value)
        for rule in rules where rule.label == label { result = Self.cut(rule.rewrite(result)) }
        memory[label, value] = result
        return result
    }

    private static func cut(_ value: String) -> String {
        value.utf8.count <= valueLimit ? value : String(value.unicodeScalars.prefix(valueLimit))
    }

    /// Rewrites names in rows of `pg_stat_activity`. What is NULL stays NULL.
    package func apply(to rows: inout [ActivityRow]) {
        let labels = Set(rules.map(\.label))
        for label in Label.allCases where labels.contains(label) {
            for index in rows.indices { apply(label, to: &rows[index]) }
        }
    }

    private func apply(_ label: Label, to row: inout ActivityRow) {
        switch label {
        case .applicationName:
            // Background processes have neither a role nor a name: there a client chose nothing.
            guard row.user != nil || !row.applicationName.isEmpty else { return }
            row.applicationName = rewrite(row.applicationName, of: label)
        case .user:
            guard let name = row.user else { return }
            row.rewriteUser(to: rewrite(name, of: label))
        case .database:
            guard let name = row.database else { return }
            row.rewriteDatabase(to: rewrite(name, of: label))
        case .clientAddress: row.clientAddress = row.clientAddress.map { rewrite($0, of: label) }
        case .waitEvent: row.waitEvent = row.waitEvent.map { rewrite($0, of: label) }
        }
    }
}
