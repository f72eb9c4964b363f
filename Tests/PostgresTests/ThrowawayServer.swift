import Foundation
import Glibc
import Postgres
import Testing

/// A private PostgreSQL server in a temporary directory, on a free loopback port and a socket, gone when its scope
/// ends.
struct ThrowawayServer: Sendable {
    @TaskLocal static var current: ThrowawayServer!

    let directory: String
    let port: Int
    private let tools: String

    /// - Parameters:
    ///   - settings: Lines of `postgresql.conf`.
    ///   - hba: Lines of `pg_hba.conf` before the one that trusts everybody.
    static func run<R: Sendable>(
        settings: [String] = [], hba: [String] = [], _ body: @Sendable (ThrowawayServer) async throws -> R
    ) async throws -> R {
        let server = try await ThrowawayServer()
        defer { try? FileManager.default.removeItem(atPath: server.directory) }
        try await server.start(settings: settings, hba: hba)
        do {
            let value = try await body(server)
            try await server.stop()
            return value
        } catch {
            try await server.stop()
            throw error
        }
    }

    /// A connection string over TCP.
    func target(_ more: String = "user=postgres dbname=postgres") throws -> ConnectionString {
        try ConnectionString(parsing: "host=127.0.0.1 port=\(port) \(more)")
    }

    func connect(_ more: String = "user=postgres dbname=postgres") async throws -> sending PostgresSession {
        try await PostgresSession.connect(target(more), timeout: .seconds(10))
    }

    /// Sends a signal to the postmaster and to every server process it has now.
    func signalAll(_ signal: Int32) throws {
        let postmaster = try postmasterPID()
        let children = try String(
            contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        for pid in [postmaster] + children.split(separator: " ").compactMap({ pid_t($0) }) { kill(pid, signal) }
    }

    /// As a power cut does, except that the server counts as stopped afterwards.
    func killAll() throws {
        try signalAll(SIGKILL)
        try FileManager.default.removeItem(atPath: directory + "/data/postmaster.pid")
    }

    /// Runs PgBouncer before this server while `body` runs. Its console admits "admin" and, for statistics, "stats".
    func withBouncer<R: Sendable>(
        settings: [String] = [], _ body: @Sendable (_ port: Int) async throws -> R
    ) async throws -> R {
        let bouncerPort = try Self.freePort()
        let place = "\(directory)/bouncer-\(bouncerPort)"
        let users = ["admin", "stats", "postgres"].map { "\"\($0)\" \"\"" }.joined(separator: "\n")
        let configuration = """
            [databases]
            app = host=127.0.0.1 port=\(port) dbname=postgres
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(bouncerPort)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(place).users
            admin_users = admin
            stats_users = stats
            pidfile = \(place).pid
            logfile = \(place).log
            \(settings.joined(separator: "\n"))
            """
        try users.write(toFile: place + ".users", atomically: true, encoding: .utf8)
        try configuration.write(toFile: place + ".ini", atomically: true, encoding: .utf8)
        try await Self.runTool(["pgbouncer", "-d", place + ".ini"], log: place + ".tool.log")
        var pid: pid_t?
        try await eventually {
            let file = try? String(contentsOfFile: place + ".pid", encoding: .utf8)
            pid = file.flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
            return pid != nil
        }
        let bouncer = try #require(pid)
        defer { kill(bouncer, SIGKILL) }
        return try await body(bouncerPort)
    }

    private init() async throws {
        var template = Array("/tmp/postgres-tests-XXXXXX".utf8CString)
        directory = String(cString: try #require(mkdtemp(&template)))
        port = try Self.freePort()
        if getuid() == 0, let account = getpwnam("postgres") {
            chown(directory, account.pointee.pw_uid, account.pointee.pw_gid)
        }
        let log = directory + "/bindir"
        try await Self.runTool(["pg_config", "--bindir"], log: log)
        tools = try String(contentsOfFile: log, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func start(settings: [String], hba: [String]) async throws {
        let data = directory + "/data"
        let log = directory + "/tools.log"
        try await Self.runTool(
            [tools + "/initdb", "--no-sync", "-A", "trust", "-U", "postgres", "-D", data, "--locale=C", "-E", "UTF8"],
            log: log)
        let lines =
            [
                "port = \(port)", "listen_addresses = '127.0.0.1'", "unix_socket_directories = '\(directory)'",
                "fsync = off", "autovacuum = off", "logging_collector = off",
            ] + settings
        let configuration = try FileHandle(forWritingTo: URL(fileURLWithPath: data + "/postgresql.conf"))
        try configuration.seekToEnd()
        try configuration.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
        try configuration.close()
        let rules = hba + ["local all all trust", "host all all 127.0.0.1/32 trust", ""]
        try rules.joined(separator: "\n").write(toFile: data + "/pg_hba.conf", atomically: true, encoding: .utf8)
        if getuid() == 0, let account = getpwnam("postgres") {
            chown(data + "/pg_hba.conf", account.pointee.pw_uid, account.pointee.pw_gid)
        }
        try await Self.runTool(
            [tools + "/pg_ctl", "-D", data, "-w", "-l", directory + "/server.log", "start"], log: log)
    }

    private func stop() async throws {
        guard (try? postmasterPID()) != nil else { return }
        try signalAll(SIGCONT)
        try await Self.runTool(
            [tools + "/pg_ctl", "-D", directory + "/data", "-w", "-m", "immediate", "stop"],
            log: directory + "/tools.log")
    }

    func postmasterPID() throws -> pid_t {
        let file = try String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8)
        return try #require(file.split(separator: "\n").first.flatMap { pid_t($0) })
    }

    /// Runs a command as the user "postgres" if we are root, which the server refuses to be.
    ///
    /// Not by Foundation's `Process`, which waits for the daemons that a command leaves behind too.
    private static func runTool(_ command: [String], log: String) async throws {
        let path = "PATH=" + (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/usr/bin:/bin"
        let asPostgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        let words = ["env", "-C", "/", path] + (getuid() == 0 ? asPostgres : []) + command
        var pid: pid_t = 0
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        let arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&pid, "env", &actions, nil, arguments, environ) == 0)
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(5)) }
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        try #require(status == 0, "\(command): \(output)")
    }

    /// A port that nobody listens on now.
    static func freePort() throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && getsockname(listener, generic, &length) == 0
            }
        }
        try #require(bound)
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// One server for all tests of a suite: `ThrowawayServer.current`.
struct ThrowawayServerTrait: SuiteTrait, TestScoping {
    let settings: [String]
    let hba: [String]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await ThrowawayServer.run(settings: settings, hba: hba) { server in
            try await ThrowawayServer.$current.withValue(server) { try await function() }
        }
    }
}

extension Trait where Self == ThrowawayServerTrait {
    static func throwawayServer(settings: [String] = [], hba: [String] = []) -> ThrowawayServerTrait {
        ThrowawayServerTrait(settings: settings, hba: hba)
    }
}
