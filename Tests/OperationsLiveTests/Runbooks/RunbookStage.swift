import Demo
import OperationsSupport
import TestSupport

/// What runbooks say, and what it means in the scenario: the table of their examples.
struct RunbookStage: Sendable {
    /// One example and what stands in its place.
    struct Substitution: Sendable {
        let pattern: String
        let replacement: String
        /// Why the runbooks write it so.
        let meaning: String
    }

    let run: ScenarioRun
    /// A session that runbooks may cancel and end.
    let victim: Int32

    /// In this order; each is replaced wherever it stands.
    var substitutions: [Substitution] {
        let servers = run.servers
        let postgres = "host=127.0.0.1 port=\(servers.main.port)"
        let pgbouncer = "host=127.0.0.1 port=\(servers.bouncer.port)"
        let agent = String(run.agentURL.trimmingPrefix("http://"))
        return [
            .init(pattern: #"\b12345\b"#, replacement: "\(victim)", meaning: "the pid of a session"),
            .init(pattern: #"\bthe_table\b"#, replacement: "orders", meaning: "a table of the reader's"),
            .init(
                pattern: #"host=[\w.-]+ port=6432"#, replacement: pgbouncer,
                meaning: "PgBouncer, in a connection string"),
            .init(
                pattern: #"host=(?!127\.0\.0\.1 port=(?!5432\b))[\w.-]+(?: port=5432)?"#, replacement: postgres,
                meaning: "PostgreSQL, in a connection string"),
            .init(pattern: #"-p 6432\b"#, replacement: "-p \(servers.bouncer.port)", meaning: "PgBouncer's port"),
            .init(
                pattern: #"-U pgbouncer\b"#, replacement: "-U postgres",
                meaning: "an administrator of PgBouncer: over TCP another name here"),
            .init(
                pattern: #"\buser=pgbouncer\b"#, replacement: "user=postgres",
                meaning: "the same, in a connection string"),
            .init(
                pattern: #"--watch \d+[smh]"#, replacement: "--watch 2s", meaning: "a while that nobody waits for here"),
            .init(pattern: #"-p 5432\b"#, replacement: "-p \(servers.main.port)", meaning: "PostgreSQL's port"),
            .init(pattern: #"(?:localhost|127\.0\.0\.1):9719\b"#, replacement: agent, meaning: "Poolscope's address"),
            .init(pattern: #"(?:localhost|127\.0\.0\.1):9090\b"#, replacement: prometheus, meaning: "Prometheus"),
            .init(pattern: #"(?:localhost|127\.0\.0\.1):9093\b"#, replacement: alertmanager, meaning: "Alertmanager"),
            .init(
                pattern: #"(?:/etc/poolscope/)?\bpoolscope\.yml\b"#, replacement: run.configurationFile,
                meaning: "Poolscope's configuration"),
        ]
    }

    private var prometheus: String { String(run.prometheus.url.trimmingPrefix("http://")) }
    private var alertmanager: String { String(run.alertmanager.url.trimmingPrefix("http://")) }

    /// Programs whose commands are run.
    static let programs: Set<String> = ["psql", "pg_isready", "poolscope", "curl", "promtool", "amtool", "date"]

    /// Programs whose commands are not, each with the reason.
    static let notRun = [
        "systemctl": "no service of the machine is ours to stop or start",
        "journalctl": "the machine's log says nothing of private servers",
        "kill": "a signal to a process of the reader's",
    ]

    /// Exit codes besides 0 that mean success, by the words that a command begins with.
    static let otherSuccess: [String: Set<Int32>] = [
        // It says by its code that it has found something, which after this scenario it may.
        "poolscope check": [1, 2]
    ]

    /// Commands of PgBouncer's console that need another one before them, or after them: pattern, before, after.
    ///
    /// `$1` is the database that the pattern found.
    static let consoleCompanions: [(pattern: String, before: String?, after: String?)] = [
        (#"\bRESUME( \w+)?"#, "PAUSE$1", nil),
        (#"\b(?:PAUSE|KILL)( \w+)?"#, nil, "RESUME$1"),
        (#"\bSUSPEND\b"#, nil, "RESUME"),
        (#"\bDISABLE( \w+)"#, nil, "ENABLE$1"),
    ]

    /// Statements that change something and are not run in a transaction that is rolled back, but as they are.
    static let outsideTransactions =
        #"(?i)^(?:VACUUM|CREATE INDEX CONCURRENTLY|REINDEX|ALTER SYSTEM|SELECT pg_(?:cancel|terminate)_backend)\b"#

    func filledIn(_ text: String) throws -> String {
        try substitutions.reduce(text) { text, substitution in
            text.replacing(try Regex(substitution.pattern), with: substitution.replacement)
        }
    }
}
