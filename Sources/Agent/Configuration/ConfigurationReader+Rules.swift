import Observations

extension ConfigurationReader {
    /// The rules that a mapping says, the others' for what it leaves out.
    mutating func rules<Key>(
        _ fields: Fields<Key>, _ keys: RulesKeys<Key>, else fallback: SamplingRules
    ) -> SamplingRules {
        var rules = fallback
        let slow = duration(keys.slowThreshold, in: fields, RulesKey.slowBounds)
        if let slow { rules.slow.seconds = slow }
        if let leak = duration(keys.leakThreshold, in: fields, RulesKey.leakBounds) { rules.leakSeconds = leak }
        let limit = wholeNumber(keys.seriesLimit, in: fields, RulesKey.seriesLimitBounds)
        if let limit { rules.seriesLimit = limit }
        if let share = serverBudget(keys.serverBudget, in: fields) { rules.serverBudget = share }
        if let items = items(keys.slowOverrides, in: fields, atMost: RulesKey.slowOverridesLimit) {
            rules.slow.overrides = items.compactMap { slowOverride($0.node, at: $0.path) }
        }
        if let items = items(keys.labels, in: fields, atMost: RulesKey.labelsLimit) {
            rules.labels = LabelRules(items.compactMap { labelRule($0.node, at: $0.path) })
        }
        return rules
    }

    private mutating func serverBudget<Key>(_ key: Key, in fields: Fields<Key>) -> Double? {
        // A boolean in YAML, and for once it is meant as one.
        if case .scalar("off", isPlain: _) = fields.nodes[key]?.content { return 0 }
        return value(key, in: fields, ConfigurationValue.serverBudget)
    }

    /// The items of a list with their paths; nil if the key is not given or, with a report, if it is no such list.
    mutating func items<Key>(
        _ key: Key, in fields: Fields<Key>, atMost limit: Int
    ) -> [(path: String, node: YAMLNode)]? {
        guard let node = fields.nodes[key] else { return nil }
        let path = fields.path(key)
        guard case .list(let items) = node.content else {
            let sentence = Self.refusal(node) ?? "must be a list, each item on a line that begins with “-”"
            problems.report(path, sentence, line: node.line)
            return nil
        }
        guard items.count <= limit else {
            problems.report(path, "has \(items.count) items; at most \(limit) are possible", line: node.line)
            return nil
        }
        return items.enumerated().map { ("\(path)[\($0.offset)]", $0.element) }
    }

    private mutating func slowOverride(_ node: YAMLNode, at path: String) -> SlowThresholds.Override? {
        guard let fields = fields(of: node, at: path, as: SlowOverrideKey.self) else { return nil }
        let database = value(.database, in: fields, ConfigurationValue.shortText)
        let user = value(.user, in: fields, ConfigurationValue.shortText)
        if fields.nodes[.database] == nil, fields.nodes[.user] == nil {
            problems.report(path, "says neither a database nor a user; slow_threshold is for all", line: fields.line)
        }
        let seconds = duration(.threshold, in: fields, RulesKey.slowBounds)
        require(.threshold, in: fields, "write for example threshold: 1m")
        return seconds.map { SlowThresholds.Override(database: database, user: user, seconds: $0) }
    }

    private mutating func labelRule(_ node: YAMLNode, at path: String) -> LabelRule? {
        guard let fields = fields(of: node, at: path, as: LabelRuleKey.self) else { return nil }
        let label = value(.label, in: fields) { (text) throws(ConfigurationValue.Complaint) -> LabelRules.Label in
            try ConfigurationValue.word(text, "a label with rules")
        }
        let names = LabelRules.Label.allCases.map(\.rawValue).joined(separator: ", ")
        require(.label, in: fields, "write one of \(names)")
        let given = value(.action, in: fields) { (text) throws(ConfigurationValue.Complaint) -> LabelRule.Action in
            try ConfigurationValue.word(text, "an action")
        }
        let pattern = value(.regex, in: fields, ConfigurationValue.pattern)
        // With a wrong action or regex, what else could be said would only be a guess.
        guard given != nil || fields.nodes[.action] == nil, pattern != nil || fields.nodes[.regex] == nil else {
            return nil
        }
        let action = given ?? .replace
        var replacement = LabelReplacement.empty
        switch action {
        case .replace:
            require(.replacement, in: fields, "write what takes the place of what matches, or action: drop")
            let read = value(.replacement, in: fields) { (text) throws(ConfigurationValue.Complaint) in
                try ConfigurationValue.replacement(text, groupCount: pattern?.groupCount ?? 0)
            }
            guard let read else { return nil }
            replacement = read
        case .keep, .drop:
            if let node = fields.nodes[.replacement] {
                problems.report(
                    fields.path(.replacement), "is for action: replace; leave it out for \(action.rawValue)",
                    line: node.line)
            }
            if action == .keep { require(.regex, in: fields, "without it, action: keep would keep everything") }
        }
        return label.map { LabelRule($0, action, pattern: pattern, replacement: replacement) }
    }

    /// Reports a key that is not there.
    mutating func require<Key>(_ key: Key, in fields: Fields<Key>, _ advice: String) {
        if fields.nodes[key] == nil {
            problems.report(fields.path(key), "is missing; \(advice)", line: fields.line)
        }
    }

    /// A duration in seconds.
    mutating func duration<Key>(
        _ key: Key, in fields: Fields<Key>, _ bounds: ClosedRange<Duration>
    ) -> Double? {
        value(key, in: fields) { (text) throws(ConfigurationValue.Complaint) in
            try ConfigurationValue.duration(text, in: bounds) / .seconds(1)
        }
    }
}
