import Glibc
import Subprocess
import SystemPackage

/// A short-lived program, run to its end.
package enum Tool {
    /// What a program left behind.
    package struct Outcome: Sendable {
        /// The exit status; a program that a signal ended has the signal's number, negated.
        package let status: Int32
        package let output: String
        package let error: String
    }

    /// Runs a program found in `PATH` (or given with its path) and collects what it wrote, at most 8 MiB.
    ///
    /// - Parameters:
    ///   - input: What it reads from its standard input: the place for secrets, since arguments show in `ps`.
    ///   - environment: Set beyond ours; nil removes a variable.
    ///   - timeout: When it has not ended by then it is killed, and an error says so.
    /// - Throws: `PrivateServerError` when it cannot be started or does not end in time.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "", updating environment: [String: String?] = [:],
        timeout: Duration = .seconds(60)
    ) async throws -> Outcome {
        let changes = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
        return try await run(
            program, arguments, input: input,
            environment: .inherit.updating(Dictionary(changes) { first, _ in first }), directory: nil, timeout: timeout,
            account: nil)
    }

    /// As above, under the account of the private servers and without our `PG…` environment.
    package static func runAsServer(
        _ program: String, _ arguments: [String], input: String = "", directory: String,
        timeout: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await run(
            program, arguments, input: input, environment: serverEnvironment(home: directory), directory: directory,
            timeout: timeout, account: .current)
    }

    /// As `runAsServer`, for what must succeed: returns the output.
    package static func requireAsServer(
        _ program: String, _ arguments: [String], input: String = "", directory: String
    ) async throws -> String {
        let outcome = try await runAsServer(program, arguments, input: input, directory: directory)
        guard outcome.status == 0 else {
            let name = program.split(separator: "/").last.map(String.init) ?? program
            throw PrivateServerError("\(name) failed (status \(outcome.status)): \(firstLines(of: outcome.error))")
        }
        return outcome.output
    }

    /// Neither `PGHOST` and its like, nor our language: what servers and tools write is read by us.
    private static func serverEnvironment(home: String) -> Environment {
        .custom(["PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "LC_ALL": "C.UTF-8"])
    }

    private static func run(
        _ program: String, _ arguments: [String], input: String, environment: Environment, directory: String?,
        timeout: Duration, account: ServerAccount?
    ) async throws -> Outcome {
        let command = (account?.prefix ?? []) + [program] + arguments
        let configuration = Configuration(
            executable: command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
            arguments: Arguments(Array(command.dropFirst())), environment: environment,
            workingDirectory: directory.map { FilePath($0) })
        do {
            let input = try file(holding: input)
            return try await withDeadline(timeout, "\(program) did not end within \(timeout)") {
                let result = try await Subprocess.run(
                    configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
                    output: .string(limit: limit), error: .string(limit: limit))
                return Outcome(
                    status: result.terminationStatus.code, output: result.standardOutput, error: result.standardError)
            }
        } catch let error as SubprocessError {
            throw PrivateServerError("cannot run \(program): \(error)")
        }
    }

    /// The text in a file that has no name any more, to be read from its start.
    ///
    /// Not a pipe: a program that ends before it has read it (psql without a server) breaks a pipe, and the signal of
    /// that would end us.
    private static func file(holding text: String) throws -> FileDescriptor {
        let path = "/tmp/poolscope-input-\(UInt64.random(in: 0 ... .max))"
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            unlink(path)
            do {
                try file.writeAll(text.utf8)
                try file.seek(offset: 0, from: .start)
                return file
            } catch {
                try? file.close()
                throw error
            }
        } catch {
            throw PrivateServerError("cannot write a tool's input to /tmp: \(error)")
        }
    }

    private static let limit = 8 << 20

    private static func firstLines(of text: String) -> String {
        let lines = text.split(separator: "\n").prefix(4).joined(separator: "; ")
        return lines.isEmpty ? "it did not say why" : lines
    }
}

extension TerminationStatus {
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
