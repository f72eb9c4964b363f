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

    /// Rewrites names in rows of `pg_stat_activity`. What is NULL stays NULL. Rows that share their traits still do.
    package func apply(to rows: inout [ActivityRow]) {
        let labels = Set(rules.map(\.label))
        if !labels.isDisjoint(with: Self.traitLabels) {
            var rewritten: [BackendTraits: BackendTraits] = [:]
            for index in rows.indices {
                let traits = rows[index].traits
                let known = rewritten[traits] ?? rewrite(traits, labels)
                rewritten[traits] = known
                rows[index].traits = known
                if known.applicationName != traits.applicationName {
                    rows[index].originalApplication = traits.applicationName
                }
            }
        }
        guard labels.contains(.clientAddress) else { return }
        for index in rows.indices {
            rows[index].clientAddress = rows[index].clientAddress.map { rewrite($0, of: .clientAddress) }
        }
    }

    private static let traitLabels: Set<Label> = [.applicationName, .user, .database, .waitEvent]

    private func rewrite(_ traits: BackendTraits, _ labels: Set<Label>) -> BackendTraits {
        var values = traits.values
        // Background processes have neither a role nor a name: there a client chose nothing.
        if labels.contains(.applicationName), values.user != nil || !values.applicationName.isEmpty {
            values.applicationName = rewrite(values.applicationName, of: .applicationName)
        }
        values.user = values.user.map { rewrite($0, of: .user) }
        values.database = values.database.map { rewrite($0, of: .database) }
        if values.user != traits.user || values.database != traits.database {
            values.serverNames = BackendTraits.ServerNames(database: traits.database, user: traits.user)
        }
        values.waitEvent = values.waitEvent.map { rewrite($0, of: .waitEvent) }
        return values == traits.values ? traits : BackendTraits(values)
    }
}
