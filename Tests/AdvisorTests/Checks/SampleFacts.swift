import Observations

@testable import Advisor

/// Facts of a small system with which no check finds anything wrong; tests change what they are about.
enum SampleFacts {
    /// A server with PostgreSQL 16 on 8 cores, behind the pooler below.
    static func server(_ change: (inout ServerFacts) -> Void = { _ in }) -> CheckFacts {
        var target = CheckedTarget(name: "db1", kind: .postgres, cluster: "shop")
        (target.cores, target.spindles, target.memoryBytes) = (8, 1, 32 * 1024 * 1024 * 1024)
        var facts = CheckFacts(target: target, watchedSeconds: 60)
        var server = goodServer
        change(&server)
        facts.server = .known(server)
        facts.poolers = ["pooler": goodBouncer]
        facts.monitoring = .known(goodMonitoring)
        return facts
    }

    /// PgBouncer 1.24 in transaction mode.
    static func bouncer(_ change: (inout BouncerFacts) -> Void = { _ in }) -> CheckFacts {
        var facts = CheckFacts(
            target: CheckedTarget(name: "pooler", kind: .pgbouncer, cluster: "shop"), watchedSeconds: 60)
        var bouncer = goodBouncer
        change(&bouncer)
        facts.bouncer = .known(bouncer)
        facts.servers = ["db1": goodServer]
        facts.monitoring = .known(goodMonitoring)
        return facts
    }

    static let goodMonitoring = MonitoringFacts(
        isScraped: true, loadedAlerts: ["PoolExhausted"], expectedAlerts: ["PoolExhausted"],
        source: .prometheus("http://prometheus:9090"))

    static var goodServer: ServerFacts {
        var server = ServerFacts()
        server.identity = .known(
            ServerIdentity(
                version: "16.4", fullVersion: "PostgreSQL 16.4", startedAt: nil, isReplica: false,
                missingPrivileges: [], statementsExtension: InstalledExtension(schema: "public", version: "1.10")))
        server.settings = .known(
            settings([
                "max_connections": 100, "superuser_reserved_connections": 3, "reserved_connections": 2,
                "tcp_keepalives_idle": 60, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 6,
                "client_connection_check_interval": 10, "work_mem": 4 * 1024 * 1024,
                "shared_buffers": 8 * 1024 * 1024 * 1024,
            ]))
        server.words = .known(["compute_query_id": "auto", "shared_preload_libraries": "pg_stat_statements"])
        server.roles = .known([
            RoleLimit(name: "postgres", connectionLimit: -1, isSuperuser: true),
            RoleLimit(name: "web", connectionLimit: 40), RoleLimit(name: "poolscope", connectionLimit: 3),
        ])
        server.databases = .known([
            DatabaseStatistics(id: 5, name: "shop", connectionLimit: -1, statsReset: nil, numbers: [:])
        ])
        server.timeouts = .known(
            TimeoutSettings(
                server: [
                    "statement_timeout": "30000", "lock_timeout": "5000",
                    "idle_in_transaction_session_timeout": "60000", "idle_session_timeout": "0",
                ], databases: ["shop"], roles: ["web"], overrides: []))
        server.sessions = .known(SessionSurvey(groups: [pooledGroup], samples: 60, seconds: 60))
        server.traffic = .known([
            DatabaseTraffic(
                database: "shop", seconds: 60,
                growth: [
                    "xact_commit": 6_000, "xact_rollback": 10, "sessions": 1, "sessions_fatal": 0,
                    "sessions_abandoned": 0, "sessions_killed": 0, "session_time": 600_000, "active_time": 240_000,
                    "idle_in_transaction_time": 1_000,
                ])
        ])
        server.leaks = .known([])
        server.sessionStates = .known([])
        return server
    }

    /// Ten connections of the pooler, lent to the application “web”.
    static var pooledGroup: SessionGroup {
        var group = SessionGroup(
            owner: SessionOwner(database: "shop", user: "web", application: "web", address: "10.0.0.5"))
        (group.current, group.active, group.idle, group.pooled, group.peak) = (10, 6, 4, 10, 10)
        (group.longestIdle, group.longestTransaction, group.oldestSession) = (2, 0.5, 3_000)
        return group
    }

    static var goodBouncer: BouncerFacts {
        var bouncer = BouncerFacts()
        bouncer.version = .known("PgBouncer 1.24.1")
        bouncer.config = .known(
            PgBouncerSettings(values: [
                "pool_mode": "transaction", "default_pool_size": "17", "min_pool_size": "2", "reserve_pool_size": "5",
                "reserve_pool_timeout": "3", "max_client_conn": "1000", "max_db_connections": "0",
                "max_user_connections": "0", "max_prepared_statements": "200", "query_wait_timeout": "20",
                "query_timeout": "0", "client_idle_timeout": "0", "idle_transaction_timeout": "60",
                "server_idle_timeout": "600", "server_lifetime": "3600", "server_connect_timeout": "15",
                "server_login_retry": "15", "server_reset_query": "DISCARD ALL", "server_reset_query_always": "0",
                "client_login_timeout": "60", "client_tls_sslmode": "require", "server_tls_sslmode": "verify-full",
                "tcp_keepalive": "1", "listen_addr": "0.0.0.0", "auth_type": "scram-sha-256",
                "admin_users": "postgres", "stats_users": "poolscope",
                "ignore_startup_parameters": "extra_float_digits",
            ]))
        bouncer.pools = .known([
            PgBouncerPool(
                database: "shop", user: "web", poolMode: "transaction",
                numbers: [
                    "cl_active": 40, "cl_waiting": 0, "sv_active": 6, "sv_idle": 4, "sv_used": 0, "sv_tested": 0,
                    "sv_login": 0, "maxwait": 0, "maxwait_us": 0,
                ])
        ])
        bouncer.databases = .known([
            PgBouncerDatabase(
                name: "shop", host: "10.0.0.1", port: "5432", database: "shop", forceUser: "", poolMode: "",
                numbers: [
                    "pool_size": 17, "min_pool_size": 2, "reserve_pool_size": 5, "max_connections": 0,
                    "current_connections": 10, "paused": 0, "disabled": 0,
                ])
        ])
        bouncer.users = .known([PgBouncerUser(name: "web", numbers: [:])])
        bouncer.lists = .known(["databases": 1, "pools": 1, "used_clients": 40])
        bouncer.state = .known(PgBouncerSettings(values: ["active": "yes", "paused": "no", "suspended": "no"]))
        bouncer.clients = .known([
            PgBouncerClient(
                database: "shop", user: "web", application: "web", address: "10.0.0.9", state: "active", pointer: 1,
                link: 2, preparedStatements: 0, usesTLS: true)
        ])
        bouncer.console = .known([
            PgBouncerClient(
                database: "pgbouncer", user: "poolscope", application: "poolscope", state: "active", pointer: 9)
        ])
        bouncer.servers = .known([
            PgBouncerServer(
                database: "shop", user: "web", state: "active", address: "10.0.0.1", localPort: 40_000,
                closeNeeded: false, pointer: 2, link: 1, remotePID: 100, usesTLS: true)
        ])
        bouncer.traffic = .known([
            BouncerTraffic(
                database: "shop", seconds: 60,
                growth: [
                    "xact_count": 6_000, "query_count": 12_000, "xact_time": 300_000_000, "query_time": 240_000_000,
                    "wait_time": 1_000_000, "server_assignment_count": 6_000,
                ])
        ])
        var history = PoolHistory(database: "shop", user: "web")
        (history.samples, history.mostBusy, history.sumOfBusy, history.mostClients) = (60, 8, 300, 40)
        bouncer.history = .known(BouncerHistory(pools: [history], samples: 60, seconds: 60))
        return bouncer
    }

    static func settings(_ values: [String: Double]) -> [String: ServerSetting] {
        values.reduce(into: [:]) { settings, entry in
            settings[entry.key] = ServerSetting(name: entry.key, value: entry.value, unit: .none, description: "")
        }
    }
}

extension Known {
    /// Changes what is known; nothing otherwise.
    mutating func change(_ change: (inout Value) -> Void) {
        guard case .known(var value) = self else { return }
        change(&value)
        self = .known(value)
    }
}

extension CheckOutcome {
    var isPassed: Bool {
        if case .passed = self { true } else { false }
    }
    var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }
    var isNotApplicable: Bool {
        if case .notApplicable = self { true } else { false }
    }
    /// Every line to write or run, of all findings.
    var remedyLines: [String] { findings.flatMap(\.remedy.snippets).flatMap(\.lines) }
}

extension Finding {
    /// The number of one piece of evidence.
    subscript(_ name: String) -> Double? {
        for each in evidence where each.name == name {
            if case .number(let number, _) = each.value { return number }
        }
        return nil
    }
}
