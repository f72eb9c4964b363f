import Observations

/// A key of one kind of mapping in the configuration file.
///
/// The cases are the single list of keys: the reader, the check for unknown keys and the table in
/// `docs/configuration.md` come from it.
protocol ConfigurationKey: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What stands before the key in a path, as the documentation writes it.
    static var prefix: String { get }
    /// What the mapping is, for messages.
    static var owner: String { get }
    var documentation: KeyDocumentation { get }
}

/// What the documentation says of a key.
struct KeyDocumentation {
    let type: String
    let fallback: String
    let bounds: String
    let meaning: String
    let example: String
}

extension ConfigurationKey {
    /// The key's row in the table of `docs/configuration.md`.
    var documentationRow: String {
        let it = documentation
        let cells = ["`\(Self.prefix)\(rawValue)`", it.type, it.fallback, it.bounds, it.meaning, "`\(it.example)`"]
        return "| " + cells.joined(separator: " | ") + " |"
    }
}

/// The keys at the top of the file.
enum AgentKey: String, ConfigurationKey {
    case listen
    case webConfigFile = "web_config_file"
    case interval
    case slowThreshold = "slow_threshold"
    case slowOverrides = "slow_overrides"
    case leakThreshold = "leak_threshold"
    case seriesLimit = "series_limit"
    case serverBudget = "server_budget"
    case labels, checks
    case guarding = "guard"
    case targets

    static let prefix = ""
    static let owner = "the configuration"

    var documentation: KeyDocumentation {
        switch self {
        case .listen:
            KeyDocumentation(
                type: "address or list of addresses", fallback: "`\(AgentConfiguration.defaultListen)`",
                bounds: "1 to \(AgentConfiguration.listenLimit)",
                meaning: "Where the web server listens. Without a host: all interfaces.",
                example: "listen: [\"127.0.0.1:9719\", \"[::1]:9719\"]")
        case .webConfigFile:
            KeyDocumentation(
                type: "path", fallback: "plain HTTP for everybody", bounds: "–",
                meaning:
                    "TLS and passwords of the web server: see [The web server](web.md). Relative to the directory of "
                    + "this file.", example: "web_config_file: web.yml")
        case .interval:
            KeyDocumentation(
                type: "duration", fallback: "`\(DurationText.format(AgentConfiguration.defaultInterval))`",
                bounds: intervalBounds, meaning: "How often every target is sampled.", example: "interval: 1s")
        case .slowThreshold: RulesKey.slowThreshold.documentation
        case .slowOverrides: RulesKey.slowOverrides.documentation
        case .leakThreshold: RulesKey.leakThreshold.documentation
        case .seriesLimit: RulesKey.seriesLimit.documentation
        case .serverBudget: RulesKey.serverBudget.documentation
        case .labels: RulesKey.labels.documentation
        case .checks:
            KeyDocumentation(
                type: "mapping", fallback: "none", bounds: "–", meaning: "Which checks sleep; see Checks that sleep.",
                example: "checks: {snooze: [{check: idle-share, until: 2027-01-31, reason: load test}]}")
        case .guarding: GuardKey.documentation
        case .targets:
            KeyDocumentation(
                type: "list of targets", fallback: "required", bounds: "1 to \(AgentConfiguration.targetLimit)",
                meaning: "Whom to watch.", example: "targets: [{dsn: \"host=db1 user=poolscope\"}]")
        }
    }
}

/// The keys of one target.
enum TargetKey: String, ConfigurationKey {
    case name, kind, dsn, cluster, cores, spindles, memory
    case passwordFile = "password_file"
    case interval
    case slowThreshold = "slow_threshold"
    case slowOverrides = "slow_overrides"
    case leakThreshold = "leak_threshold"
    case seriesLimit = "series_limit"
    case serverBudget = "server_budget"
    case labels
    case guarding = "guard"

    static let prefix = "targets[]."
    static let owner = "a target"

    var documentation: KeyDocumentation {
        switch self {
        case .name:
            KeyDocumentation(
                type: "text", fallback: "from the DSN: `host:port`",
                bounds: "1 to \(TargetNaming.limit) of `A-Z a-z 0-9 _ . : -`, unique",
                meaning: "The value of the label `target`.", example: "name: main")
        case .kind:
            KeyDocumentation(
                type: TargetKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: " or "),
                fallback: "`\(TargetKind.postgres.rawValue)`", bounds: "–",
                meaning: "A PostgreSQL server, or the admin console of a PgBouncer.", example: "kind: pgbouncer")
        case .dsn:
            KeyDocumentation(
                type: "connection string", fallback: "required", bounds: "–",
                meaning: "How to connect: `key=value` or URI. What it leaves out comes from libpq's environment.",
                example: "dsn: \"host=db1 port=5432 user=poolscope dbname=postgres\"")
        case .cluster:
            KeyDocumentation(
                type: "text", fallback: "none", bounds: "1 to \(ConfigurationValue.clusterLimit) characters",
                meaning: "The value of the label `cluster`: what the target belongs to.", example: "cluster: orders")
        case .cores:
            KeyDocumentation(
                type: "whole number", fallback: "none", bounds: words(TargetConfiguration.coresBounds),
                meaning: "Processor cores of the server's machine, for the sizing formula.", example: "cores: 8")
        case .spindles:
            KeyDocumentation(
                type: "whole number", fallback: "none", bounds: words(TargetConfiguration.spindlesBounds),
                meaning: "Effective spindles of the server's machine; an SSD counts as 1.", example: "spindles: 1")
        case .memory:
            KeyDocumentation(
                type: "size", fallback: "none", bounds: "`64MiB` to `1024TiB`",
                meaning: "Memory of the server's machine, for the check max-connections.", example: "memory: 32GiB")
        case .passwordFile:
            KeyDocumentation(
                type: "path", fallback: "none", bounds: "not together with a password in `dsn`",
                meaning:
                    "A file whose first line is the password; relative to the directory of the configuration file.",
                example: "password_file: /etc/poolscope/main.password")
        case .interval:
            KeyDocumentation(
                type: "duration", fallback: "the top-level `interval`", bounds: intervalBounds,
                meaning: "How often this target is sampled.", example: "interval: 5s")
        case .slowThreshold: RulesKey.slowThreshold.targetDocumentation
        case .slowOverrides: RulesKey.slowOverrides.targetDocumentation
        case .leakThreshold: RulesKey.leakThreshold.targetDocumentation
        case .seriesLimit: RulesKey.seriesLimit.targetDocumentation
        case .serverBudget: RulesKey.serverBudget.targetDocumentation
        case .labels: RulesKey.labels.targetDocumentation
        case .guarding: GuardKey.targetDocumentation
        }
    }
}

private let intervalBounds =
    "`\(DurationText.format(AgentConfiguration.intervalBounds.lowerBound))` to "
    + "`\(DurationText.format(AgentConfiguration.intervalBounds.upperBound))`"

private func words(_ range: ClosedRange<Int>) -> String {
    "\(range.lowerBound) to \(range.upperBound)"
}
