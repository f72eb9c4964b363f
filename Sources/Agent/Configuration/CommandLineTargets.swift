import Observations
import Postgres
import WebServer

/// Flags and environment as a configuration, for when there is no file.
package enum CommandLineTargets {
    /// - Parameters:
    ///   - postgres: the values of `--postgres`, as given.
    ///   - pgbouncer: the values of `--pgbouncer`, as given.
    ///   - dataSource: what the environment says; looked at only if there is neither of the two.
    ///   - listen: the values of `--listen`; empty for the default.
    ///   - interval: the value of `--interval`; nil for the default.
    /// - Throws: everything that is wrong, by flag or variable; also that there is no target.
    package static func configuration(
        postgres: [String], pgbouncer: [String], dataSource: DataSourceEnvironment, listen: [String], interval: String?
    ) throws(ConfigurationError) -> AgentConfiguration {
        var flags = FlagReader()
        flags.add(postgres, kind: .postgres, from: "--postgres")
        flags.add(pgbouncer, kind: .pgbouncer, from: "--pgbouncer")
        if postgres.isEmpty, pgbouncer.isEmpty { flags.add(dataSource) }
        if flags.targets.isEmpty, flags.problems.problems.isEmpty {
            flags.problems.report("", noTarget)
        } else if flags.targets.count > AgentConfiguration.targetLimit {
            let limit = AgentConfiguration.targetLimit
            flags.problems.report("", "there are \(flags.targets.count) targets; one agent watches at most \(limit)")
        }
        let addresses = flags.listen(listen.isEmpty ? [AgentConfiguration.defaultListen] : listen)
        let tick = interval.flatMap { flags.value($0, from: "--interval", ConfigurationValue.interval) }
        try flags.problems.throwIfAny()
        return AgentConfiguration(
            listen: addresses, interval: tick ?? AgentConfiguration.defaultInterval, targets: flags.targets)
    }

    /// A file's configuration with what the flags say instead; an empty list and nil say nothing.
    package static func overriding(
        _ configuration: AgentConfiguration, listen: [String], interval: String?
    ) throws(ConfigurationError) -> AgentConfiguration {
        var flags = FlagReader()
        var result = configuration
        if !listen.isEmpty { result.listen = flags.listen(listen) }
        let tick = interval.flatMap { flags.value($0, from: "--interval", ConfigurationValue.interval) }
        if let tick { result.interval = tick }
        try flags.problems.throwIfAny()
        return result
    }

    private static let noTarget = """
        there is no target; name one with --postgres, --pgbouncer, --config or DATA_SOURCE_NAME, \
        or run “poolscope demo” to see one
        """
}

/// Collects targets and problems from flags and variables.
private struct FlagReader {
    var problems = ProblemList(file: nil)
    private(set) var targets: [TargetConfiguration] = []
    private var naming = TargetNaming(taken: [])

    /// Adds a target for each connection string.
    mutating func add(_ texts: [String], kind: TargetKind, from flag: String) {
        for (index, text) in texts.enumerated() {
            let connection = value(text, from: Self.label(flag, index, of: texts.count)) {
                (text) throws(ConfigurationValue.Complaint) in
                try ConfigurationValue.connection(text, kind: kind)
            }
            if let connection { append(connection, kind: kind) }
        }
    }

    /// Adds what the variables say.
    mutating func add(_ dataSource: DataSourceEnvironment) {
        guard dataSource.name == nil else { return add(dataSource.names, kind: .postgres, from: "DATA_SOURCE_NAME") }
        for variable in dataSource.unsupported {
            problems.report(
                variable,
                "is not supported; use \(variable.dropLast("_FILE".count)), or password_file in a file for --config")
        }
        guard let uri = dataSource.uri, problems.problems.isEmpty else { return }
        let connection = value("postgresql://" + uri, from: "DATA_SOURCE_URI") {
            (text) throws(ConfigurationValue.Complaint) in
            try ConfigurationValue.connection(text, kind: .postgres)
        }
        guard var connection else { return }
        if let user = dataSource.user { connection = connection.setting("user", user) }
        if let password = dataSource.password { connection = connection.setting("password", password) }
        if dataSource.passwordFile != nil, connection.hasPassword {
            return problems.report("DATA_SOURCE_PASS_FILE", "there is a password besides it; keep one of the two")
        }
        append(connection, kind: .postgres, passwordFile: dataSource.passwordFile)
    }

    mutating func listen(_ texts: [String]) -> [ListenAddress] {
        guard texts.count <= AgentConfiguration.listenLimit else {
            problems.report(
                "--listen", "there are \(texts.count) addresses; at most \(AgentConfiguration.listenLimit) are served")
            return []
        }
        var addresses: [ListenAddress] = []
        for (index, text) in texts.enumerated() {
            let flag = Self.label("--listen", index, of: texts.count)
            guard let address = value(text, from: flag, ConfigurationValue.listenAddress) else { continue }
            if addresses.contains(address) { problems.report(flag, "\(address) is there twice") }
            addresses.append(address)
        }
        return addresses
    }

    mutating func value<Value>(
        _ text: String, from flag: String, _ read: (String) throws(ConfigurationValue.Complaint) -> Value
    ) -> Value? {
        do {
            return try read(text)
        } catch {
            problems.report(flag, error.sentence)
            return nil
        }
    }

    private mutating func append(
        _ connection: ConnectionString, kind: TargetKind, passwordFile: String? = nil
    ) {
        targets.append(
            TargetConfiguration(
                name: naming.name(for: connection, kind: kind), kind: kind, connection: connection,
                passwordFile: passwordFile))
    }

    /// `--postgres`, or `--postgres (2 of 3)` where there are several.
    private static func label(_ flag: String, _ index: Int, of count: Int) -> String {
        count > 1 ? "\(flag) (\(index + 1) of \(count))" : flag
    }
}
