import Glibc

/// A throwaway PgBouncer on a free port of 127.0.0.1, never as root.
package actor PrivatePgBouncer {
    package nonisolated let port: UInt16

    private let directory: PrivateDirectory
    private let name: String
    private let program: String
    private var process: ServerProcess

    private init(directory: PrivateDirectory, name: String, program: String, port: UInt16, process: ServerProcess) {
        self.directory = directory
        self.name = name
        self.program = program
        self.port = port
        self.process = process
    }

    /// Writes its configuration and starts it.
    ///
    /// - Parameters:
    ///   - name: Names its files inside `directory`: one name, one PgBouncer.
    ///   - databases: From the name that clients use to the connection string in `[databases]`, `*` included.
    ///   - settings: What `[pgbouncer]` says beyond, or instead of, the defaults: transaction mode, `auth_type` trust.
    ///   - users: From user to password, as plain text in a file that only PgBouncer can read.
    /// - Throws: `PrivateServerError`, with PgBouncer's own words.
    package static func start(
        in directory: PrivateDirectory, name: String = "pgbouncer", databases: [String: String],
        settings: [String: String] = [:], users: [String: String] = [:]
    ) async throws -> PrivatePgBouncer {
        let program = try PostgresBinaries.locate("pgbouncer")
        let userList = users.sorted { $0.key < $1.key }.map { "\(quoted($0.key)) \(quoted($0.value))\n" }.joined()
        let userFile = try directory.write(userList, to: "\(name).users")
        return try await FreePort.retrying { port in
            let defaults = [
                "listen_addr": "127.0.0.1", "listen_port": "\(port)", "unix_socket_dir": directory.path,
                "auth_type": "trust", "auth_file": userFile, "pool_mode": "transaction", "admin_users": "postgres",
                "stats_users": "", "ignore_startup_parameters": "extra_float_digits", "log_connections": "0",
                "log_disconnections": "0", "log_pooler_errors": "0", "log_stats": "0",
            ]
            let lines =
                ["[databases]"] + section(databases) + ["[pgbouncer]"]
                + section(defaults.merging(settings) { _, given in given })
            _ = try directory.write(lines.joined(separator: "\n") + "\n", to: "\(name).ini")
            return PrivatePgBouncer(
                directory: directory, name: name, program: program, port: port,
                process: try await launch(program, in: directory, name: name, port: port))
        }
    }

    /// A connection string in key=value form; the admin console is the database `pgbouncer`.
    package nonisolated func dsn(
        database: String = "pgbouncer", user: String = "postgres", password: String? = nil
    ) -> String {
        Conninfo.text([
            ("host", "127.0.0.1"), ("port", "\(port)"), ("dbname", database), ("user", user), ("password", password),
        ])
    }

    /// Its process id; nil when it does not run.
    package func processID() -> Int32? { process.isRunning ? process.processID : nil }

    /// Starts it again on the same port, after `stop` or `kill`; does nothing when it runs.
    package func start() async throws {
        guard !process.isRunning else { return }
        process = try await Self.launch(program, in: directory, name: name, port: port)
    }

    /// Stops it at once (SIGTERM; it does not wait for its clients) and waits until it has ended.
    package func stop() async throws { try await process.end(SIGTERM) }

    package func restart() async throws {
        try await stop()
        try await start()
    }

    /// SIGKILL: a crash.
    package func kill() async throws { try await process.kill() }

    /// SIGSTOP: the port still takes connections, nobody answers.
    package func suspend() async throws { try await process.suspend() }

    /// SIGCONT: the end of `suspend`.
    package func resume() { process.resume() }

    /// Runs one command of the admin console through psql, as an independent oracle.
    ///
    /// - Returns: One dictionary per row, from column to value; NULL is the empty string.
    package func console(_ command: String) async throws -> [[String: String]] {
        // Over the unix socket its own account is let in as `pgbouncer`, whatever `auth_type` says.
        let output = try await Tool.requireAsServer(
            try PostgresBinaries.find().path("psql"),
            [
                "-X", "-q", "-A", "-P", "footer=off", "-F", "\u{1F}", "-R", "\u{1E}", "-v", "ON_ERROR_STOP=1",
                "-h", directory.path, "-p", "\(port)", "-U", "pgbouncer", "-d", "pgbouncer", "-f", "-",
            ], input: command + ";\n", directory: directory.path)
        let text = output.hasSuffix("\n") ? output.dropLast() : output[...]
        let lines = text.split(separator: "\u{1E}").map {
            $0.split(separator: "\u{1F}", omittingEmptySubsequences: false)
        }
        guard let columns = lines.first else { return [] }
        return lines.dropFirst().map { line in
            Dictionary(zip(columns, line).map { (String($0), String($1)) }) { first, _ in first }
        }
    }

    private static func launch(
        _ program: String, in directory: PrivateDirectory, name: String, port: UInt16
    ) async throws -> ServerProcess {
        let command = [program, "\(directory.path)/\(name).ini"]
        return try await ServerProcess.launch(name: name, command: command, in: directory) { _ in
            FreePort.isServed(port)
        }
    }

    private static func section(_ settings: [String: String]) -> [String] {
        settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
    }
}
