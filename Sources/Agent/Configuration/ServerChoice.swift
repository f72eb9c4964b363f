/// The one server that a command is about, out of all targets, and the poolers before it.
package struct ServerChoice: Sendable {
    package let server: TargetConfiguration
    package let poolers: [TargetConfiguration]

    /// - Parameters:
    ///   - name: the value of `--target`; nil when there is only one server to choose.
    ///   - isFromFile: whether the poolers' clusters say which of them belong to the server; else all do.
    package init(
        from configuration: AgentConfiguration, named name: String?, isFromFile: Bool
    ) throws(ConfigurationError) {
        let servers = configuration.targets.filter { $0.kind == .postgres }
        if let name {
            server = try Self.find(name, in: servers, configuration)
        } else {
            server = try Self.only(servers)
        }
        let cluster = server.cluster
        poolers = configuration.targets.filter {
            $0.kind == .pgbouncer && (!isFromFile || (cluster != nil && $0.cluster == cluster))
        }
    }

    private static func find(
        _ name: String, in servers: [TargetConfiguration], _ configuration: AgentConfiguration
    ) throws(ConfigurationError) -> TargetConfiguration {
        if let server = servers.first(where: { $0.name == name }) { return server }
        if configuration.targets.contains(where: { $0.name == name }) {
            throw problem("--target", "\(name) is a PgBouncer; name a PostgreSQL server: \(list(servers))")
        }
        let near = Suggestion.nearest(to: name, among: servers.map(\.name))
        throw problem(
            "--target",
            "there is no such server; " + (near.map { "did you mean “\($0)”?" } ?? "there are: \(list(servers))"))
    }

    private static func only(_ servers: [TargetConfiguration]) throws(ConfigurationError) -> TargetConfiguration {
        guard let first = servers.first else {
            throw problem("", "there is no PostgreSQL server among the targets; name one with --postgres")
        }
        guard servers.count == 1 else {
            throw problem("--target", "there are \(servers.count) servers; choose one: \(list(servers))")
        }
        return first
    }

    private static func list(_ servers: [TargetConfiguration]) -> String {
        let names = servers.prefix(10).map(\.name).joined(separator: ", ")
        return servers.isEmpty ? "none" : servers.count > 10 ? names + ", …" : names
    }

    private static func problem(_ key: String, _ sentence: String) -> ConfigurationError {
        ConfigurationError([.init(file: nil, line: nil, key: key, sentence: sentence)])
    }
}
