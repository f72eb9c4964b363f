import Observations

/// What a recording says first: who made it, and what was watched. No connection string, host, user or password.
struct RecordingHeader: Sendable, Equatable {
    struct Target: Sendable, Equatable {
        let profile: TargetProfile
        let interval: Duration
    }

    /// The version of the Poolscope that made it.
    let agentVersion: String
    /// The agent's wall clock, in seconds since 1970; whole microseconds.
    let startTime: Double
    let targets: [Target]
    /// Whether the texts of statements were asked for.
    let includesQueryText: Bool

    static let includesQueryTextBit: UInt64 = 1

    var record: RecordBuilder {
        var record = RecordBuilder(.header)
        record.add(agentVersion)
        record.addSigned(WallTime.microseconds(startTime))
        record.add(includesQueryText ? Self.includesQueryTextBit : 0)
        record.add(targets.count)
        for target in targets {
            record.add(target.profile.name)
            record.add(target.profile.kind.rawValue)
            record.add(target.profile.cluster)
            record.add(target.profile.cores)
            record.add(target.profile.spindles)
            record.add(target.interval.nanoseconds)
            let settings = RecordedRules.settings(of: target.profile.rules)
            record.add(settings.count)
            for setting in settings {
                record.add(setting.key)
                record.add(setting.values.count)
                for value in setting.values { record.add(value) }
            }
        }
        return record
    }
}

extension RecordingHeader {
    private static let settingLimit = 100_000
    /// Of `cores` and `spindles`.
    private static let countLimit = 1_000_000
    private static let longestInterval: Duration = .seconds(86_400)

    /// - Parameter warnings: settings that are not understood are added to it.
    init(_ record: inout RecordParser, warnings: inout [String]) throws(RecordParser.Problem) {
        guard record.remaining <= RecordingFormat.headerLimit else {
            throw RecordParser.Problem(sentence: "a header of \(record.remaining) bytes")
        }
        agentVersion = try record.text()
        startTime = WallTime.seconds(try record.signed())
        includesQueryText = try record.number() & Self.includesQueryTextBit != 0
        var targets: [Target] = []
        var names: Set<String> = []
        for _ in 0..<(try record.number(of: "targets", upTo: RecordingFormat.targetLimit)) {
            let target = try Self.target(&record, &warnings)
            guard names.insert(target.profile.name).inserted else {
                throw RecordParser.Problem(sentence: "two targets are called “\(target.profile.name)”")
            }
            targets.append(target)
        }
        self.targets = targets
    }

    private static func target(
        _ record: inout RecordParser, _ warnings: inout [String]
    ) throws(RecordParser.Problem) -> Target {
        let name = try record.text()
        let kindName = try record.text()
        guard let kind = TargetKind(rawValue: kindName) else {
            throw RecordParser.Problem(
                sentence: "the target “\(name)” is of a kind that this version of Poolscope does not know")
        }
        let cluster = try record.optionalText()
        let cores = try record.optionalNumber(of: "cores", upTo: countLimit)
        let spindles = try record.optionalNumber(of: "spindles", upTo: countLimit)
        let interval = Duration.nanoseconds(Int64(clamping: try record.number()))
        guard interval > .zero, interval <= longestInterval else {
            throw RecordParser.Problem(sentence: "the target “\(name)” has an impossible interval")
        }
        var rules = RecordedRules.initial
        for _ in 0..<(try record.number(of: "settings", upTo: settingLimit)) {
            let key = try record.text()
            var values: [String] = []
            for _ in 0..<(try record.number(of: "values", upTo: settingLimit)) {
                values.append(try record.text(upTo: RecordingFormat.textLimit))
            }
            if !RecordedRules.apply(.init(key: key, values: values), to: &rules) {
                warnings.append("target “\(name)”: its setting “\(key)” is not understood, and left out")
            }
        }
        return Target(
            profile: TargetProfile(
                name: name, kind: kind, cluster: cluster, cores: cores, spindles: spindles, rules: rules),
            interval: interval)
    }
}
