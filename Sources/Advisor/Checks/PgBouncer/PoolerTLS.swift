import Observations

/// Whether what passes over networks is encrypted.
enum PoolerTLS: Check {
    static let id = "pooler-tls"
    static let group = CheckGroup.pgbouncer
    static let title = "Connections over networks are encrypted"
    static let severity = CheckSeverity.warning
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config, .poolDatabases]
    static let explanation = """
        Without TLS passwords' hashes, queries and rows can be read on the way. On the side of clients it is a finding when \
        PgBouncer listens beyond the loopback and client_tls_sslmode is disable, allow or prefer; on the side of servers \
        when a database is on another host and server_tls_sslmode is one of these. A remark only where, with prefer, every \
        connection now is encrypted all the same, and for server_tls_sslmode require, which encrypts but takes any certificate. \
        Networks that are private or encrypted themselves are not known here: snooze it then.
        """

    private static let open: Set<String> = ["disable", "allow", "prefer"]

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let client = try bouncer.word("client_tls_sslmode")
        let server = try bouncer.word("server_tls_sslmode")
        let address = try bouncer.word("listen_addr")
        let remote = try bouncer.databases.get().filter { $0.name != "pgbouncer" && !Hosts.areLocal($0.host) }
        let findings = [
            Hosts.areLocal(address) ? nil : clients(client, address, bouncer.clients.value ?? []),
            remote.isEmpty ? nil : servers(server, remote, bouncer.servers.value ?? []),
        ].compactMap(\.self)
        let clientSide = Hosts.areLocal(address) ? "clients are local" : "clients: \(client)"
        let serverSide = remote.isEmpty ? "servers are local" : "servers: \(server)"
        return .found(findings, orPassed: "\(clientSide); \(serverSide)")
    }

    private static func clients(_ mode: String, _ address: String, _ clients: [PgBouncerClient]) -> Finding? {
        guard open.contains(mode) else { return nil }
        let far = clients.filter { !Hosts.areLocal($0.address) }
        let plain = far.count { $0.usesTLS == false }
        let isUsed = mode != "disable" && !far.isEmpty && plain == 0
        let hosts = Set(far.filter { $0.usesTLS == false }.map { SQLName.oneLine($0.address) }).sorted()
        let who = hosts.isEmpty ? "" : " Now from \(CheckText.list(hosts)) without."
        return Finding(
            isUsed ? .info : severity, subject: "client_tls_sslmode",
            "PgBouncer listens on \(CheckText.name(address)) with client_tls_sslmode \(mode): clients may connect without "
                + "TLS.\(who)",
            evidence: [
                Evidence("client_tls_sslmode", text: mode), Evidence("listen_addr", text: SQLName.oneLine(address)),
                Evidence("remote_clients", far.count), Evidence("remote_clients_without_tls", plain),
            ],
            remedy: Remedy("Give PgBouncer a certificate, let clients use it (sslmode=verify-full), then require it.")
                .setting(
                    "client_tls_key_file = /etc/pgbouncer/server.key",
                    "client_tls_cert_file = /etc/pgbouncer/server.crt", "client_tls_sslmode = require"))
    }

    private static func servers(
        _ mode: String, _ remote: [PgBouncerDatabase], _ servers: [PgBouncerServer]
    ) -> Finding? {
        guard open.contains(mode) || mode == "require" else { return nil }
        let names = Set(remote.map(\.name))
        let far = servers.filter { names.contains($0.database) }
        let plain = far.count { $0.usesTLS == false }
        let isUsed = mode == "require" || (mode != "disable" && !far.isEmpty && plain == 0)
        let hosts = Set(remote.map { SQLName.oneLine($0.host) }).sorted()
        return Finding(
            isUsed ? .info : severity, subject: "server_tls_sslmode",
            mode == "require"
                ? "Connections to \(CheckText.list(hosts)) are encrypted, and any certificate is taken."
                : "Connections to \(CheckText.list(hosts)) need no TLS: server_tls_sslmode is \(mode).",
            evidence: [
                Evidence("server_tls_sslmode", text: mode), Evidence("remote_databases", remote.count),
                Evidence("connections", far.count), Evidence("connections_without_tls", plain),
            ],
            remedy: Remedy("Turn ssl on in PostgreSQL, and let PgBouncer verify its certificate.")
                .setting(
                    "server_tls_ca_file = /etc/pgbouncer/root.crt", "server_tls_sslmode = verify-full"))
    }
}
