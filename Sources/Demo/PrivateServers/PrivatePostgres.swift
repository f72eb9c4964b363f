import Glibc

/// A throwaway PostgreSQL: made by initdb, on a unix socket and a free port of 127.0.0.1, never as root.
///
/// It is fast and forgetful: nothing is synced to disk. Its directory's janitor stops it at the latest.
package actor PrivatePostgres {
    /// How clients on 127.0.0.1 prove who they are. The unix socket always trusts.
    package enum Authentication: String, Sendable {
        case trust
        case scram = "scram-sha-256"
        case md5
    }

    /// How a server is asked to stop.
    package enum StopMode: Sendable {
        /// Sessions are ended, data is written.
        case fast
        /// Processes quit at once; the next start recovers.
        case immediate

        fileprivate var signal: Int32 {
            switch self {
            case .fast: SIGINT
            case .immediate: SIGQUIT
            }
        }
    }

    package nonisolated let port: UInt16
    /// Where its unix socket is: `host=` this directory, with the same port.
    package nonisolated let socketDirectory: String

    private let directory: PrivateDirectory
    private let name: String
    private let binaries: PostgresBinaries
    private var process: ServerProcess

    private init(
        directory: PrivateDirectory, name: String, binaries: PostgresBinaries, port: UInt16, process: ServerProcess
    ) {
        self.directory = directory
        self.name = name
        self.binaries = binaries
        self.port = port
        self.process = process
        socketDirectory = directory.path
    }

    /// Creates a cluster with the superuser `postgres` and starts it.
    ///
    /// - Parameters:
    ///   - name: Names its directory inside `directory`: one name, one cluster.
    ///   - settings: What `postgresql.conf` says beyond, or instead of, the small defaults (`max_connections` and so on).
    ///   - hba: Lines of `pg_hba.conf`; they come, and count, before those for `authentication`.
    /// - Throws: `PrivateServerError`, with the server's own words.
    package static func start(
        in directory: PrivateDirectory, name: String = "postgres", settings: [String: String] = [:],
        authentication: Authentication = .trust, hba: [String] = [], binaries: PostgresBinaries? = nil
    ) async throws -> PrivatePostgres {
        let binaries = try binaries ?? .find()
        let data = "\(directory.path)/\(name)"
        _ = try await Tool.requireAsServer(
            binaries.path("initdb"),
            [
                "--pgdata=\(data)", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync",
                "--auth-local=trust", "--auth-host=\(authentication.rawValue)",
            ], directory: directory.path)
        let rules = try hba + [readFile("\(data)/pg_hba.conf")]
        _ = try directory.write(rules.joined(separator: "\n"), to: "\(name)/pg_hba.conf")
        return try await FreePort.retrying { port in
            let lines = configuration(port: port, socketDirectory: directory.path, settings: settings)
            _ = try directory.write(lines, to: "\(name)/postgresql.conf")
            return PrivatePostgres(
                directory: directory, name: name, binaries: binaries, port: port,
                process: try await launch(in: directory, name: name, port: port, binaries: binaries))
        }
    }

    /// A connection string in key=value form, over 127.0.0.1.
    package nonisolated func dsn(
        database: String = "postgres", user: String = "postgres", password: String? = nil
    ) -> String {
        Conninfo.text([
            ("host", "127.0.0.1"), ("port", "\(port)"), ("dbname", database), ("user", user), ("password", password),
        ])
    }

    /// The postmaster's process id; nil when the server does not run.
    package func processID() -> Int32? { process.isRunning ? process.processID : nil }

    /// Starts it again on the same port, after `stop` or `kill`; does nothing when it runs.
    package func start() async throws {
        guard !process.isRunning else { return }
        process = try await Self.launch(in: directory, name: name, port: port, binaries: binaries)
    }

    /// Stops it and waits until it has ended.
    package func stop(mode: StopMode = .fast) async throws { try await process.end(mode.signal) }

    package func restart() async throws {
        try await stop()
        try await start()
    }

    /// SIGKILL to the postmaster and all its children: a crash of the whole server.
    package func kill() async throws { try await process.kill() }

    /// SIGSTOP to the postmaster and all its children: the ports still take connections, nobody answers.
    package func suspend() async throws { try await process.suspend() }

    /// SIGCONT: the end of `suspend`.
    package func resume() { process.resume() }

    /// SIGSTOP to one backend: its client gets no answer, the others go on. False when there is no such backend.
    package func suspend(backend: Int32) -> Bool { process.signal(SIGSTOP, toChild: backend) }

    /// SIGCONT to one backend; nothing happens when it has ended.
    package func resume(backend: Int32) { _ = process.signal(SIGCONT, toChild: backend) }

    /// Runs SQL through psql as superuser over the unix socket, for set-up and as an independent oracle.
    ///
    /// The text goes through standard input, so that no password in it shows in `ps`.
    /// - Returns: Rows as lines, columns separated by `|`, without the last line's end.
    /// - Throws: `PrivateServerError` with psql's message at the first statement that fails.
    package func execute(_ sql: String, database: String = "postgres") async throws -> String {
        let output = try await Tool.requireAsServer(
            binaries.path("psql"),
            [
                "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socketDirectory, "-p", "\(port)",
                "-U", "postgres", "-d", database, "-f", "-",
            ], input: sql, directory: directory.path)
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }

    private static func launch(
        in directory: PrivateDirectory, name: String, port: UInt16, binaries: PostgresBinaries
    ) async throws -> ServerProcess {
        let data = "\(directory.path)/\(name)"
        // Ours has ended, but until its zombie is reaped its lock files would pass for a living postmaster's.
        let socket = "\(directory.path)/.s.PGSQL.\(port)"
        for file in ["\(data)/postmaster.pid", socket, "\(socket).lock"] { unlink(file) }
        return try await ServerProcess.launch(
            name: name, command: [binaries.path("postgres"), "-D", data], in: directory
        ) {
            // The pid file's first line is the postmaster, its eighth says what pg_ctl too waits for.
            let lines = ((try? readFile("\(data)/postmaster.pid")) ?? "").split(separator: "\n")
            return lines.count >= 8 && lines[0] == "\($0.processID)" && lines[7].hasPrefix("ready")
        }
    }

    private static func configuration(port: UInt16, socketDirectory: String, settings: [String: String]) -> String {
        let defaults = [
            "listen_addresses": "127.0.0.1", "port": "\(port)", "unix_socket_directories": socketDirectory,
            "max_connections": "50", "shared_buffers": "8MB", "fsync": "off", "synchronous_commit": "off",
            "full_page_writes": "off", "wal_level": "minimal", "max_wal_senders": "0", "max_wal_size": "64MB",
            "min_wal_size": "32MB",
            // Not in /dev/shm, where a killed server would leave it behind.
            "dynamic_shared_memory_type": "mmap",
            "autovacuum_naptime": "10s", "log_timezone": "UTC", "timezone": "UTC",
        ]
        return defaults.merging(settings) { _, given in given }.sorted { $0.key < $1.key }
            .map {
                "\($0.key) = '\($0.value.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'\n"
            }
            .joined()
    }
}
