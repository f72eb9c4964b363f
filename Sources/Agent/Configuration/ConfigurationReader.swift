import Observations
import WebServer

/// Reads the tree of one file into a configuration and collects everything that is wrong with it.
struct ConfigurationReader {
    /// A mapping whose keys are all known.
    struct Fields<Key: ConfigurationKey> {
        /// `targets[1].` or empty.
        let prefix: String
        let line: Int
        var nodes: [Key: YAMLNode] = [:]

        func path(_ key: Key) -> String { prefix + key.rawValue }
    }

    /// What a relative path in the file is relative to; empty for the current directory, else with its slash.
    let directory: String
    var problems: ProblemList

    /// - Parameter file: the path of the file, for messages and for the paths in it.
    init(file: String) {
        directory = String(file[..<(file.lastIndex(of: "/").map(file.index(after:)) ?? file.startIndex)])
        problems = ProblemList(file: file)
    }

    /// The configuration that `root` says, or everything that is wrong with it.
    mutating func configuration(_ root: YAMLNode?) throws(ConfigurationError) -> AgentConfiguration {
        guard let root, !isEmpty(root) else {
            problems.report("", "the file is empty; it must name at least one target under “targets”")
            throw ConfigurationError(problems.problems)
        }
        var result = AgentConfiguration(listen: [], interval: AgentConfiguration.defaultInterval, targets: [])
        if let fields = fields(of: root, at: "", as: AgentKey.self) {
            result.listen = listen(fields)
            result.webConfigFile = value(.webConfigFile, in: fields, ConfigurationValue.path).map {
                $0.hasPrefix("/") ? $0 : directory + $0
            }
            result.interval = value(.interval, in: fields, ConfigurationValue.interval) ?? result.interval
            let guarding = agentGuard(fields)
            let defaults = TargetDefaults(
                rules: rules(fields, .agentKeys, else: SamplingRules()), guardSettings: guarding)
            result.targets = targets(fields, defaults)
            checkPolicyTargets(guarding, names: result.targets.map(\.name), fields)
            result.snoozes = snoozes(fields, targets: Set(result.targets.map(\.name)))
        }
        try problems.throwIfAny()
        return result
    }

    /// The default is what the reader would read if it were written.
    private mutating func listen(_ fields: Fields<AgentKey>) -> [ListenAddress] {
        let path = fields.path(.listen)
        let node = fields.nodes[.listen] ?? Self.defaultListen
        guard case .list(let items) = node.content else {
            return [convert(node, at: path, ConfigurationValue.listenAddress)].compactMap(\.self)
        }
        guard 1...AgentConfiguration.listenLimit ~= items.count else {
            problems.report(path, "must have 1 to \(AgentConfiguration.listenLimit) addresses", line: node.line)
            return []
        }
        var addresses: [ListenAddress] = []
        for (index, item) in items.enumerated() {
            let path = "\(path)[\(index)]"
            guard let address = convert(item, at: path, ConfigurationValue.listenAddress) else { continue }
            if addresses.contains(address) { problems.report(path, "\(address) is there twice", line: item.line) }
            addresses.append(address)
        }
        return addresses
    }

    // MARK: Mappings and values

    /// The pairs of a mapping by key. Reports what is no mapping, and keys that are unknown or there twice.
    mutating func fields<Key>(of node: YAMLNode, at path: String, as: Key.Type) -> Fields<Key>? {
        guard case .mapping(let pairs) = node.content else {
            let sentence = Self.refusal(node) ?? "must be a mapping, “key: value” on each line"
            problems.report(path, path.isEmpty ? "\(Key.owner) \(sentence)" : sentence, line: node.line)
            return nil
        }
        var fields = Fields<Key>(prefix: path.isEmpty ? "" : path + ".", line: node.line)
        var lines: [Key: Int] = [:]
        for (keyNode, value) in pairs {
            guard case .scalar(let text, _) = keyNode.content else {
                problems.report(path, "has a key that " + (Self.refusal(keyNode) ?? "is not text"), line: keyNode.line)
                continue
            }
            guard let key = Key(rawValue: text) else {
                reportUnknown(text, at: path, line: keyNode.line, as: Key.self)
                continue
            }
            if let first = lines[key] {
                problems.report(fields.path(key), "is given again; the first is on line \(first)", line: keyNode.line)
            } else {
                fields.nodes[key] = value
                lines[key] = keyNode.line
            }
        }
        return fields
    }

    /// The value of a key; nil if it is not given or, with a report, if it is wrong.
    mutating func value<Key, Value>(
        _ key: Key, in fields: Fields<Key>, _ read: (String) throws(ConfigurationValue.Complaint) -> Value
    ) -> Value? {
        fields.nodes[key].flatMap { convert($0, at: fields.path(key), read) }
    }

    mutating func convert<Value>(
        _ node: YAMLNode, at path: String, _ read: (String) throws(ConfigurationValue.Complaint) -> Value
    ) -> Value? {
        do {
            return try read(Self.text(node))
        } catch {
            problems.report(path, error.sentence, line: node.line)
            return nil
        }
    }

    private mutating func reportUnknown<Key: ConfigurationKey>(
        _ text: String, at path: String, line: Int, as: Key.Type
    ) {
        let known = Key.allCases.map(\.rawValue)
        let advice = Suggestion.nearest(to: text, among: known).map { "did you mean “\($0)”?" }
        let sentence = "is not a key of \(Key.owner); " + (advice ?? "its keys are \(known.joined(separator: ", "))")
        // A line that lost its key may have a password where the key should be: only what looks like a key is shown.
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"
        let isWord = 1...32 ~= text.utf8.count && text.utf8.allSatisfy(letters.utf8.contains)
        let prefix = path.isEmpty ? "" : path + "."
        problems.report(
            isWord ? prefix + text : path, isWord ? sentence : "what stands before the colon " + sentence, line: line)
    }
}

extension ConfigurationReader {
    /// The text of a scalar. Plain words that are not text in YAML are refused, numbers are not.
    private static func text(_ node: YAMLNode) throws(ConfigurationValue.Complaint) -> String {
        guard case .scalar(let text, let isPlain) = node.content else {
            throw .init(sentence: refusal(node) ?? "must be a single value, not a list or a mapping")
        }
        if isPlain, nulls.contains(text) {
            throw .init(sentence: "has no value; write one, or leave the key out")
        }
        if isPlain, booleans.contains(text.lowercased()) {
            throw .init(sentence: "“\(text)” is a boolean in YAML; if it is meant as text, put it in quotes")
        }
        return text
    }

    /// What is wrong with a node that is not followed; nil for every other.
    static func refusal(_ node: YAMLNode) -> String? {
        if case .refused(let sentence) = node.content { sentence } else { nil }
    }

    /// Whether there is nothing where a value could stand.
    func isEmpty(_ node: YAMLNode) -> Bool {
        if case .scalar(let text, isPlain: true) = node.content { Self.nulls.contains(text) } else { false }
    }

    private static let defaultListen = YAMLNode(
        content: .scalar(AgentConfiguration.defaultListen, isPlain: false), line: 1)
    private static let nulls: Set = ["", "~", "null", "Null", "NULL"]
    private static let booleans: Set = ["true", "false", "yes", "no", "on", "off"]
}
