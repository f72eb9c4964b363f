import Observations
import Postgres

/// What a target has that says nothing else.
struct TargetDefaults {
    let rules: SamplingRules
    let guardSettings: GuardSettings
}

extension ConfigurationReader {
    /// All targets with their names. Incomplete where a problem was reported.
    mutating func targets(_ fields: Fields<AgentKey>, _ defaults: TargetDefaults) -> [TargetConfiguration] {
        let path = fields.path(.targets)
        guard let node = fields.nodes[.targets] else {
            problems.report(path, "is missing; name at least one target", line: fields.line)
            return []
        }
        guard case .list(let items) = node.content else {
            let sentence = Self.refusal(node) ?? "must be a list, each target on a line that begins with “-”"
            problems.report(path, sentence, line: node.line)
            return []
        }
        guard 1...AgentConfiguration.targetLimit ~= items.count else {
            let few = "is an empty list; name at least one target"
            let many = "has \(items.count) targets; one agent watches at most \(AgentConfiguration.targetLimit)"
            problems.report(path, items.isEmpty ? few : many, line: node.line)
            return []
        }
        var names: [String: (path: String, line: Int)] = [:]
        var targets: [TargetConfiguration] = []
        for (index, item) in items.enumerated() {
            let path = "\(path)[\(index)]"
            guard let fields = self.fields(of: item, at: path, as: TargetKey.self) else { continue }
            let name = value(.name, in: fields, ConfigurationValue.name)
            if let name, let node = fields.nodes[.name] {
                if let first = names[name] {
                    let sentence =
                        ConfigurationValue.quoting(name) + "is already the name of \(first.path) (line \(first.line))"
                    problems.report(fields.path(.name), sentence, line: node.line)
                } else {
                    names[name] = (path, node.line)
                }
            }
            if let target = target(fields, name: name, defaults) { targets.append(target) }
        }
        var naming = TargetNaming(taken: Set(names.keys))
        for index in targets.indices where targets[index].name.isEmpty {
            targets[index].name = naming.name(for: targets[index].connection, kind: targets[index].kind)
        }
        return targets
    }

    /// One target, with an empty name if it has none; nil if there is no connection string to make it of.
    private mutating func target(
        _ fields: Fields<TargetKey>, name: String?, _ defaults: TargetDefaults
    ) -> TargetConfiguration? {
        let kind = value(.kind, in: fields, ConfigurationValue.kind) ?? .postgres
        let connection = value(.dsn, in: fields) { (text) throws(ConfigurationValue.Complaint) in
            try ConfigurationValue.connection(text, kind: kind)
        }
        if fields.nodes[.dsn] == nil {
            let sentence = "is missing; write for example dsn: “host=db1 user=poolscope dbname=postgres”"
            problems.report(fields.path(.dsn), sentence, line: fields.line)
        }
        let cluster = value(.cluster, in: fields, ConfigurationValue.cluster)
        let cores = wholeNumber(.cores, in: fields, TargetConfiguration.coresBounds)
        let spindles = wholeNumber(.spindles, in: fields, TargetConfiguration.spindlesBounds)
        let memory = value(.memory, in: fields, ConfigurationValue.memory)
        let passwordFile = value(.passwordFile, in: fields, ConfigurationValue.path)
        let interval = value(.interval, in: fields, ConfigurationValue.interval)
        let rules = self.rules(fields, .targetKeys, else: defaults.rules)
        let guarding = targetGuard(fields, kind: kind, agent: defaults.guardSettings)
        guard let connection else { return nil }
        if let node = fields.nodes[.passwordFile], connection.hasPassword {
            let sentence = "there is a password in dsn already; keep one of the two"
            problems.report(fields.path(.passwordFile), sentence, line: node.line)
        }
        return TargetConfiguration(
            name: name ?? "", kind: kind, connection: connection, cluster: cluster, cores: cores, spindles: spindles,
            memoryBytes: memory, passwordFile: passwordFile.map { $0.hasPrefix("/") ? $0 : directory + $0 },
            interval: interval,
            rules: rules, guardSettings: guarding)
    }

    mutating func wholeNumber<Key>(
        _ key: Key, in fields: Fields<Key>, _ bounds: ClosedRange<Int>
    ) -> Int? {
        value(key, in: fields) { (text) throws(ConfigurationValue.Complaint) in
            try ConfigurationValue.wholeNumber(text, in: bounds)
        }
    }
}
