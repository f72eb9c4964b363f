import Glibc

/// A running server program in a private directory.
///
/// It leads a session of its own, so that Ctrl-C in our terminal does not reach it, and it works inside the directory,
/// which is how the janitor finds it.
package struct ServerProcess: Sendable {
    private let identity: ProcessTable.Entry

    package var processID: Int32 { identity.processID }

    /// Whether it still runs; never true for another process that was given its number later.
    package var isRunning: Bool { state != nil }

    private var state: Character? {
        guard let now = ProcessTable.entry(processID), now.startTime == identity.startTime else { return nil }
        return now.state
    }

    /// Starts a program under the servers' account and waits until it is ready.
    ///
    /// - Parameters:
    ///   - name: Names its log (`name.log`) and the file with its process id in the directory.
    ///   - command: The program with its arguments; what it writes goes to the log.
    ///   - ready: Asked every 20 ms whether it serves.
    /// - Throws: `PrivateServerError` with the end of its log when it ends, or is not ready within 30 s.
    package static func launch(
        name: String, command: [String], in directory: PrivateDirectory, ready: (ServerProcess) async throws -> Bool
    ) async throws -> ServerProcess {
        let pidFile = "\(directory.path)/\(name).started"
        let log = "\(directory.path)/\(name).log"
        let logStart = Int64((try? readFile(log).utf8.count) ?? 0)
        unlink(pidFile)
        let script = #"ulimit -c 0; pid=$1; shift; echo $$ >"$pid"; exec "$@" >>"$0" 2>&1 </dev/null"#
        _ = try await Tool.requireAsServer(
            "setsid", ["--fork", "sh", "-c", script, log, pidFile] + command, directory: directory.path)

        var process: ServerProcess?
        let isReady = try await holds(within: .seconds(30)) {
            if process == nil {
                guard let line = try? readFile(pidFile), line.hasSuffix("\n") else { return false }
                guard let id = Int32(line.dropLast()), let entry = ProcessTable.entry(id) else {
                    throw failure(name, "ended at once", log: log, from: logStart)
                }
                process = ServerProcess(identity: entry)
            }
            guard let process else { return false }
            guard process.isRunning else { throw failure(name, "ended while starting", log: log, from: logStart) }
            return try await ready(process)
        }
        guard isReady, let process else {
            process?.signal(SIGKILL)
            throw failure(name, "was not ready within 30 s", log: log, from: logStart)
        }
        return process
    }

    /// Sends a signal to it, and only to it.
    package func signal(_ number: Int32) {
        if isRunning { Glibc.kill(processID, number) }
    }

    /// Sends a signal to one of its children; false when it has no such child, any more.
    package func signal(_ number: Int32, toChild child: Int32) -> Bool {
        guard isRunning, let child = children.first(where: { $0.processID == child }) else { return false }
        child.signal(number)
        return true
    }

    /// Asks it with `signal` to end (waking it first, should it be suspended), and kills it with its children when it
    /// has not ended within `limit`.
    package func end(_ signal: Int32, within limit: Duration = .seconds(10)) async throws {
        self.signal(signal)
        resume()
        if try await !holds(within: limit, { !isRunning }) { try await kill() }
    }

    /// Kills it and its children with SIGKILL and waits until they are gone.
    package func kill() async throws {
        guard isRunning else { return }
        signal(SIGSTOP)
        let family = [self] + children
        for member in family { member.signal(SIGKILL) }
        _ = try await holds(within: .seconds(5)) { !family.contains(where: \.isRunning) }
    }

    /// Stops it and its children with SIGSTOP and waits until they stand still.
    package func suspend() async throws {
        // The parent first: it then has no further children.
        signal(SIGSTOP)
        _ = try await holds(within: .seconds(5)) { isStill }
        let children = self.children
        for child in children { child.signal(SIGSTOP) }
        _ = try await holds(within: .seconds(5)) { children.allSatisfy(\.isStill) }
    }

    /// Lets it and its children run on (SIGCONT).
    package func resume() {
        for member in children + [self] { member.signal(SIGCONT) }
    }

    private var children: [ServerProcess] {
        ProcessTable.children(of: processID).map { ServerProcess(identity: $0) }
    }

    private var isStill: Bool { state == nil || state == "T" }

    private static func failure(_ name: String, _ what: String, log: String, from start: Int64) -> PrivateServerError {
        let said = ((try? readFile(log, from: start)) ?? "").split(separator: "\n")
        let end = said.suffix(6).joined(separator: "; ")
        return PrivateServerError("\(name) \(what): \(end.isEmpty ? "it did not say why" : end)")
    }
}
