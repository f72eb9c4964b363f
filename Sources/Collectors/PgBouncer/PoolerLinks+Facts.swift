import Observations

extension PoolerLinks {
    /// Joins what PgBouncer says of its servers with what it says of its clients.
    ///
    /// PgBouncer names a client by its address in memory, which the next client gets when it is gone. So only rows that
    /// were read in the same tick are joined by it alone. Where the clients are read less often, a link holds only
    /// if client and server pointed at each other already then, and the server has not said anything since: the same
    /// client's transaction is still open. Links of servers read at an earlier tick are no news.
    package init(_ facts: Facts) {
        guard let servers = facts.fresh(BouncerServersSource.self), let clients = facts[BouncerClientsSource.self]
        else {
            self = .none
            return
        }
        let areTogether = facts.fresh(BouncerClientsSource.self) != nil
        let held = servers.filter { $0.link != nil && $0.remotePID > 0 }
        let wanted = Set(held.compactMap(\.link))
        let holders = Dictionary(
            clients.lazy.filter { wanted.contains($0.pointer) }.map { ($0.pointer, $0) },
            uniquingKeysWith: { first, _ in first })
        let readAt = areTogether ? nil : clients.lazy.compactMap(\.requestedAt).max()
        self.init(
            held.compactMap { server in
                guard let client = server.link.flatMap({ holders[$0] }) else { return nil }
                guard areTogether || Self.holdsStill(server, client, since: readAt) else { return nil }
                // A unix socket has no port: there PgBouncer shows the one it listens on.
                let port = server.isUnixSocket ? nil : server.localPort
                return PoolerLink(
                    backendPID: server.remotePID, poolerPort: port.flatMap { $0 > 0 ? $0 : nil },
                    clientApplication: client.application, clientAddress: client.address, clientUser: client.user)
            })
    }

    private static func holdsStill(
        _ server: PgBouncerServer, _ client: PgBouncerClient, since readAt: PgBouncerTime?
    ) -> Bool {
        guard client.link == server.pointer, let readAt, let spoke = server.requestedAt else { return false }
        // In whole seconds: within the same second it may have been before or after.
        return spoke < readAt
    }
}
