import Observations

/// Whether clients of shared connections leave state behind on them.
enum SessionStateShared: Check {
    static let id = "session-state"
    static let group = CheckGroup.pgbouncer
    static let title = "No session state over shared connections"
    static let severity = CheckSeverity.critical
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.pools, .servers]
    static let explanation = """
        In transaction mode the next transaction of a client may run on another connection, and the next client on this \
        one: what SET changed then holds for strangers, LISTEN hears nothing, an advisory lock of the session is never \
        given back, a prepared statement or a temporary table is not there. It is a finding when a server connection of a \
        pool in transaction or statement mode was seen to have run SET (beyond what PgBouncer carries along), set_config, \
        LISTEN, PREPARE, CREATE TEMP, DECLARE … WITH HOLD, or to hold an advisory lock while idle. The server says it of \
        its own statements, in a word and without their texts; what comes and goes between two looks is not seen. Without \
        it, server_reset_query_always is a remark: it hides such clients, at the price of a statement per transaction.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let modes = PoolModes(try bouncer.pools.get())
        let shared = try bouncer.servers.get().filter {
            ["transaction", "statement"].contains(modes[$0.database] ?? "")
        }
        let all = try bouncer.pools.get().filter { $0.database != "pgbouncer" }
        guard all.isEmpty || all.contains(where: { ["transaction", "statement"].contains($0.poolMode ?? "") }) else {
            return .notApplicable("no pool is in transaction mode")
        }
        let reset = Self.reset(bouncer)
        let states: [SessionState]
        do throws(MissingFact) {
            states = try Self.states(facts)
        } catch {
            guard let reset else { throw error }
            return .found([reset])
        }
        var uses: [Use: Set<Int32>] = [:]
        for state in states {
            guard let server = shared.first(where: { $0.leads(to: state) }) else { continue }
            let use = Use(
                database: server.database, user: state.user, application: state.application, kind: state.kind)
            uses[use, default: []].insert(state.pid)
        }
        let byPool = Dictionary(grouping: uses) { "\($0.key.database)/\($0.key.user)" }
        let findings = byPool.sorted { $0.key < $1.key }.prefix(20).map { finding($0.key, $0.value, bouncer) }
        return .found(
            findings + [reset].compactMap(\.self),
            orPassed: "none seen on \(CheckText.count(shared.count, "connection")) that clients share")
    }

    private struct Use: Hashable {
        let database: String
        let user: String
        let application: String
        let kind: SessionState.Kind
    }

    /// What the servers of the cluster have seen.
    private static func states(_ facts: CheckFacts) throws(MissingFact) -> [SessionState] {
        var states: [SessionState] = []
        for (name, server) in try facts.anyServers().sorted(by: { $0.key < $1.key }) {
            if let missing = server.identity.value?.missingPrivileges, missing.contains("pg_read_all_stats") {
                throw MissingFact("our role on \(name) may not see what sessions do: GRANT pg_monitor to it")
            }
            states += try server.sessionStates.get()
        }
        return states
    }

    private static func reset(_ bouncer: BouncerFacts) -> Finding? {
        guard let value = try? bouncer.setting("server_reset_query_always"), value != 0 else { return nil }
        return Finding(
            .info, subject: "server_reset_query_always",
            "server_reset_query_always is on: connections are reset after every transaction, which clients with session "
                + "state may rely on.",
            evidence: [Evidence("server_reset_query_always", 1)],
            remedy: Remedy("Give clients with session state a pool in session mode, then turn it off.")
                .setting("server_reset_query_always = 0"))
    }

    private static func finding(
        _ pool: String, _ uses: [(key: Use, value: Set<Int32>)], _ bouncer: BouncerFacts
    ) -> Finding {
        let kinds = SessionState.Kind.allCases.filter { kind in uses.contains { $0.key.kind == kind } }
        let names = Set(uses.map(\.key.application)).filter { !$0.isEmpty }.sorted().map(CheckText.name)
        let who = names.isEmpty ? "" : ", last used by \(CheckText.list(names))"
        let processes = uses.reduce(into: Set<Int32>()) { $0.formUnion($1.value) }
        let database = bouncer.databases.value?.first { $0.name == uses.first?.key.database }
        let remedy = Remedy(
            "Keep state within the transaction (SET LOCAL, pg_advisory_xact_lock, ON COMMIT DROP), set what always holds "
                + "by ALTER ROLE, or give these clients a database in session mode:")
        return Finding(
            severity, subject: pool,
            "Clients of the shared pool \(CheckText.name(pool)) use state of the session: "
                + "\(kinds.map(\.title).joined(separator: ", "))\(who).",
            evidence: kinds.map { kind in
                let seen = uses.filter { $0.key.kind == kind }.reduce(into: Set<Int32>()) { $0.formUnion($1.value) }
                return Evidence("connections_with_\(kind.rawValue)", seen.count)
            } + [Evidence("connections", processes.count)],
            remedy: database.map { database in
                var session = database
                (session.name, session.poolMode) = ("\(database.name)_session", "")
                return remedy.settingDatabase(session, "pool_mode=session pool_size=3")
            } ?? remedy)
    }
}

extension PgBouncerServer {
    /// Whether this connection is that process's: by its id, and by the port where both ends know it.
    fileprivate func leads(to state: SessionState) -> Bool {
        guard remotePID > 0, remotePID == state.pid else { return false }
        guard !isUnixSocket, let localPort, localPort > 0, let port = state.clientPort, port > 0 else { return true }
        return localPort == port
    }
}
