import Advisor

extension ConfigurationReader {
    /// The checks that sleep. Incomplete where a problem was reported.
    /// - Parameter targets: the names of all targets.
    mutating func snoozes(_ fields: Fields<AgentKey>, targets: Set<String>) -> [CheckSnooze] {
        guard let node = fields.nodes[.checks],
            let checks = self.fields(of: node, at: fields.path(.checks), as: ChecksKey.self),
            let items = items(.snooze, in: checks, atMost: AgentConfiguration.snoozeLimit)
        else { return [] }
        return items.compactMap { snooze($0.node, at: $0.path, targets: targets) }
    }

    private mutating func snooze(_ node: YAMLNode, at path: String, targets: Set<String>) -> CheckSnooze? {
        guard let fields = fields(of: node, at: path, as: SnoozeKey.self) else { return nil }
        let check = value(.check, in: fields, ConfigurationValue.check)
        require(.check, in: fields, "write the id of a check, for example idle-share")
        let until = value(.until, in: fields, ConfigurationValue.day)
        require(.until, in: fields, "write the last day, for example until: 2027-01-31; nothing sleeps for ever")
        let reason = value(.reason, in: fields, ConfigurationValue.reason)
        require(.reason, in: fields, "say why, so that whoever reads the report knows")
        let target = value(.target, in: fields) { (text) throws(ConfigurationValue.Complaint) in
            try Self.target(text, among: targets)
        }
        guard let check, let until, let reason, target != nil || fields.nodes[.target] == nil else { return nil }
        return CheckSnooze(check: check, target: target, until: until, reason: reason)
    }

    private static func target(
        _ text: String, among targets: Set<String>
    ) throws(ConfigurationValue.Complaint) -> String {
        // Where no target could be read, that was told.
        if targets.isEmpty || targets.contains(text) { return text }
        let advice = Suggestion.nearest(to: text, among: targets.sorted()).map { "did you mean “\($0)”?" }
        throw .init(
            sentence: ConfigurationValue.quoting(text) + "is not the name of a target of this file; "
                + (advice ?? "names are \(targets.sorted().prefix(10).joined(separator: ", "))"))
    }
}
