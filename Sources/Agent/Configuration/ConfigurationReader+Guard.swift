import Observations
import Sessions

extension ConfigurationReader {
    /// The guard that a mapping says, the other's for what it leaves out.
    private mutating func guardSettings<Key>(
        _ key: Key, in fields: Fields<Key>, else fallback: GuardSettings
    ) -> GuardSettings {
        guard let node = fields.nodes[key],
            let fields = self.fields(of: node, at: fields.path(key), as: GuardKey.self)
        else { return fallback }
        var settings = fallback
        if let mode = guardMode(.mode, in: fields, "a mode of the guard") { settings.mode = mode }
        if let limit = wholeNumber(.rateLimit, in: fields, GuardSettings.rateLimitBounds) { settings.rateLimit = limit }
        if let file = value(.auditLog, in: fields, ConfigurationValue.path) {
            settings.auditLog = file.hasPrefix("/") ? file : directory + file
        }
        if let policies = policies(fields) { settings.policies = policies }
        return settings
    }

    /// The guard at the top of the file.
    mutating func agentGuard(_ fields: Fields<AgentKey>) -> GuardSettings {
        let settings = guardSettings(.guarding, in: fields, else: GuardSettings())
        checkPolicies(settings, at: fields.path(.guarding), fields.nodes[.guarding])
        return settings
    }

    /// A target's own guard; `agent` has what it leaves out.
    mutating func targetGuard(_ fields: Fields<TargetKey>, kind: TargetKind, agent: GuardSettings) -> GuardSettings {
        guard let node = fields.nodes[.guarding] else { return agent }
        let path = fields.path(.guarding)
        let count = problems.problems.count
        let settings = guardSettings(.guarding, in: fields, else: agent)
        guard problems.problems.count == count else { return settings }
        if kind == .pgbouncer {
            problems.report(
                path, "is for PostgreSQL servers, whose sessions it ends; this is a PgBouncer", line: node.line)
        }
        checkPolicies(settings, at: path, node)
        if settings.policies != agent.policies, settings.policies.contains(where: { $0.targets != GuardNames() }) {
            problems.report(
                path, "has a policy with targets:; that is for the guard at the top, this one is this target's",
                line: node.line)
        }
        return settings
    }

    /// A guard that is on and has nothing to do is a mistake.
    private mutating func checkPolicies(_ settings: GuardSettings, at path: String, _ node: YAMLNode?) {
        guard let node, settings.mode > .off, settings.policies.isEmpty, problems.problems.isEmpty else { return }
        problems.report(
            path, "is in mode \(settings.mode.rawValue) and has no policies; write some, or mode: off", line: node.line)
    }

    /// A policy for targets that there are none of would never do anything.
    mutating func checkPolicyTargets(_ settings: GuardSettings, names: [String], _ fields: Fields<AgentKey>) {
        for policy in settings.policies {
            for pattern in (policy.targets.only ?? []) + policy.targets.except
            where !names.contains(where: pattern.matches) {
                let advice = Suggestion.nearest(to: pattern.text, among: names).map { "; did you mean “\($0)”?" }
                problems.report(
                    fields.path(.guarding),
                    "policy \(policy.name) names the target \(ConfigurationValue.quoting(pattern.text))and there is none"
                        + (advice ?? ""), line: fields.nodes[.guarding]?.line)
            }
        }
    }

    private mutating func policies(_ fields: Fields<GuardKey>) -> [GuardPolicy]? {
        guard let items = items(.policies, in: fields, atMost: GuardSettings.policyLimit) else { return nil }
        var names: [String: String] = [:]
        return items.compactMap { path, node in
            guard let fields = self.fields(of: node, at: path, as: GuardPolicyKey.self) else { return nil }
            let policy = policy(fields)
            if let name = policy?.name {
                if let first = names[name] {
                    problems.report(
                        fields.path(.name), ConfigurationValue.quoting(name) + "is already the name of \(first)",
                        line: fields.nodes[.name]?.line)
                }
                names[name] = names[name] ?? path
            }
            return policy
        }
    }

    private mutating func policy(_ fields: Fields<GuardPolicyKey>) -> GuardPolicy? {
        let name = value(.name, in: fields, ConfigurationValue.name)
        require(.name, in: fields, "write for example name: idle-checkout")
        let trigger = value(.when, in: fields) {
            (text) throws(ConfigurationValue.Complaint) -> GuardPolicy.Trigger in
            try ConfigurationValue.word(text, "something that a policy is for")
        }
        let triggers = GuardPolicy.Trigger.allCases.map(\.rawValue).joined(separator: ", ")
        require(.when, in: fields, "write one of \(triggers)")
        let bounds = trigger == .leakedIdle ? RulesKey.leakBounds : GuardSettings.longerThanBounds
        let limit = duration(.longerThan, in: fields, bounds)
        require(.longerThan, in: fields, "write for example longer_than: 10m")
        let action = value(.action, in: fields) { (text) throws(ConfigurationValue.Complaint) -> SessionAction in
            try ConfigurationValue.word(text, "an action")
        }
        require(.action, in: fields, "write cancel or terminate")
        if action == .cancel, let trigger, trigger != .statement {
            problems.report(
                fields.path(.action),
                "cancel ends a statement, and with when: \(trigger.rawValue) none runs; write "
                    + "terminate, which ends the session", line: fields.nodes[.action]?.line)
        }
        let mode = guardMode(.mode, in: fields, "a mode of a policy")
        let lists = [.applications, .users, .databases, .targets].map { names($0, in: fields) }
        guard let name, let trigger, let limit, let action else { return nil }
        var policy = GuardPolicy(name: name, trigger: trigger, longerThan: limit, action: action, mode: mode)
        (policy.applications, policy.users, policy.databases, policy.targets) = (
            lists[0], lists[1], lists[2], lists[3]
        )
        return policy
    }

    private mutating func guardMode<Key>(_ key: Key, in fields: Fields<Key>, _ what: String) -> GuardMode? {
        // A boolean in YAML, and for once it is meant as one.
        if case .scalar("off", isPlain: _) = fields.nodes[key]?.content { return .off }
        return value(key, in: fields) { (text) throws(ConfigurationValue.Complaint) -> GuardMode in
            try ConfigurationValue.word(text, what)
        }
    }

    private mutating func names(_ key: GuardPolicyKey, in fields: Fields<GuardPolicyKey>) -> GuardNames {
        guard let node = fields.nodes[key],
            let fields = self.fields(of: node, at: fields.path(key), as: GuardNamesKey.self)
        else { return GuardNames() }
        if case .mapping(let pairs) = node.content, pairs.isEmpty {
            problems.report(
                String(fields.prefix.dropLast()), "is empty; write only: or except: in it, or leave it out for all",
                line: fields.line)
        }
        return GuardNames(only: patterns(.only, in: fields), except: patterns(.except, in: fields) ?? [])
    }

    private mutating func patterns(_ key: GuardNamesKey, in fields: Fields<GuardNamesKey>) -> [NamePattern]? {
        guard let items = items(key, in: fields, atMost: GuardNames.limit) else { return nil }
        if items.isEmpty {
            problems.report(
                fields.path(key), "is an empty list; name somebody, or leave it out", line: fields.nodes[key]?.line)
        }
        return items.compactMap { convert($0.node, at: $0.path, ConfigurationValue.namePattern) }
    }
}
