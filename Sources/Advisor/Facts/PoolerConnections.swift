import Observations

/// Which backends of a server are a pooler's connections, whether a client holds them now or not.
package struct PoolerConnections: Sendable {
    /// What poolers that set a name of their own call themselves.
    private static let poolerNames: Set<String> = [
        "pgbouncer", "supavisor", "pgcat", "odyssey", "pgdog", "pgagroal", "pgpool",
    ]

    /// PgBouncer's own ends of its connections by the backend's process; nil for a unix socket.
    private var ports: [Int32: [Int32?]] = [:]

    package static let none = PoolerConnections([])

    /// - Parameter servers: rows of `SHOW SERVERS` of all poolers of the cluster.
    package init(_ servers: [PgBouncerServer]) {
        for server in servers where server.remotePID > 0 {
            // Over a unix socket, PgBouncer shows the port it listens on.
            let port = server.isUnixSocket ? nil : server.localPort.flatMap { $0 > 0 ? $0 : nil }
            ports[server.remotePID, default: []].append(port)
        }
    }

    /// Process ids repeat between the servers of a cluster, ports of one pooler do not: where both ends know the port,
    /// it decides.
    package func contains(_ row: ActivityRow) -> Bool {
        if Self.poolerNames.contains(row.applicationName.lowercased()) { return true }
        return ports[row.pid]?.contains { port in
            guard let port, let theirs = row.clientPort, theirs > 0 else { return true }
            return port == theirs
        } ?? false
    }
}
