/// What checks may need, by name: for the documentation, and so that each says the same of what is missing.
package enum Fact: String, Sendable, CaseIterable {
    // Of a server.
    case identity, settings, words, roles, databases, timeouts, sessions, traffic, leaks
    case sessionStates = "session_states"
    // Of a PgBouncer.
    case version, config, pools, users, clients, servers, history, console, lists
    case poolDatabases = "pool_databases"
    case poolTraffic = "pool_traffic"
    // Of both.
    case monitoring, cores, memory

    /// Where it comes from, for people.
    package var source: String {
        switch self {
        case .identity: "the server's version and extensions"
        case .settings: "pg_settings (numbers)"
        case .words: "pg_settings (words)"
        case .roles: "pg_roles"
        case .databases: "pg_stat_database"
        case .timeouts: "pg_settings and pg_db_role_setting"
        case .sessions: "pg_stat_activity"
        case .traffic: "pg_stat_database, twice (--watch)"
        case .leaks: "pg_stat_activity over three half leak thresholds (the agent)"
        case .sessionStates: "beginnings of statements and advisory locks on the server (poolscope check)"
        case .version: "SHOW VERSION"
        case .config: "SHOW CONFIG"
        case .pools: "SHOW POOLS"
        case .users: "SHOW USERS"
        case .clients: "SHOW CLIENTS"
        case .servers: "SHOW SERVERS"
        case .console: "SHOW CLIENTS"
        case .lists: "SHOW LISTS"
        case .history: "SHOW POOLS and SHOW SERVERS over the watch"
        case .poolDatabases: "SHOW DATABASES"
        case .poolTraffic: "SHOW STATS_TOTALS, twice (--watch)"
        case .monitoring: "a Prometheus (--prometheus), or who scrapes the agent"
        case .cores: "cores, from the configuration"
        case .memory: "memory, from the configuration"
        }
    }

    /// Why the fact is not there; nil when it is.
    func reasonMissing(in facts: CheckFacts) -> String? {
        func server<Value>(_ fact: KeyPath<ServerFacts, Known<Value>>) -> String? {
            switch facts.server {
            case .unknown(let why): why
            case .known(let server): server[keyPath: fact].reason
            }
        }
        func bouncer<Value>(_ fact: KeyPath<BouncerFacts, Known<Value>>) -> String? {
            switch facts.bouncer {
            case .unknown(let why): why
            case .known(let bouncer): bouncer[keyPath: fact].reason
            }
        }
        return switch self {
        case .identity: server(\.identity)
        case .settings: server(\.settings)
        case .words: server(\.words)
        case .roles: server(\.roles)
        case .databases: server(\.databases)
        case .timeouts: server(\.timeouts)
        case .sessions: server(\.sessions)
        case .traffic: server(\.traffic)
        case .leaks: server(\.leaks)
        case .sessionStates: server(\.sessionStates)
        case .version: bouncer(\.version)
        case .config: bouncer(\.config)
        case .pools: bouncer(\.pools)
        case .users: bouncer(\.users)
        case .clients: bouncer(\.clients)
        case .servers: bouncer(\.servers)
        case .history: bouncer(\.history)
        case .console: bouncer(\.console)
        case .lists: bouncer(\.lists)
        case .poolDatabases: bouncer(\.databases)
        case .poolTraffic: bouncer(\.traffic)
        case .monitoring: facts.monitoring.reason
        case .cores: facts.target.cores == nil ? "the configuration does not say how many cores the host has" : nil
        case .memory:
            facts.target.memoryBytes == nil ? "the configuration does not say how much memory the host has" : nil
        }
    }
}
