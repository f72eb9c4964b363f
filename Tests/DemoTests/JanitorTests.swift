import Demo
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Janitor", .timeLimit(.minutes(10)))
struct JanitorTests {
    @Test("removing a directory stops its servers, suspended ones too")
    func remove() async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-test")
        let server = try await PrivatePostgres.start(in: directory)
        let pooler = try await PrivatePgBouncer.start(in: directory, databases: ["*": server.dsn()])
        try await server.suspend()
        await directory.remove()
        #expect(!FileManager.default.fileExists(atPath: directory.path))
        #expect(await server.processID() == nil)
        #expect(await pooler.processID() == nil)
        await directory.remove()
    }

    @Test("a server that was killed leaves no shared memory")
    func killed() async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-test")
        let server = try await PrivatePostgres.start(in: directory)
        let first = try #require(await server.processID())
        try await server.kill()
        try await server.start()
        let second = try #require(await server.processID())
        try await server.kill()
        await directory.remove()
        let segments = try await runTool("ipcs", ["-m", "-p"]).output
        #expect(!segments.contains(" \(first) ") && !segments.contains(" \(second) "))
    }

    @Test("an interrupted initdb leaves no shared memory and no directory")
    func interrupted() async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-test")
        let starting = Task { try await PrivatePostgres.start(in: directory) }
        // The template's tables are about to be made: initdb's postgres is at work.
        try await eventually("initdb works") {
            FileManager.default.fileExists(atPath: "\(directory.path)/postgres/pg_wal/000000010000000000000001")
        }
        let segments = try await Self.unusedSegments()
        starting.cancel()
        await directory.remove()
        await #expect(throws: (any Error).self) { _ = try await starting.value }
        #expect(!FileManager.default.fileExists(atPath: directory.path))
        let left = try await Self.unusedSegments().subtracting(segments)
        try await eventually(
            "no segment stays unused", { try await Self.unusedSegments().intersection(left) }, is: \.isEmpty)
    }

    @Test("a directory that nobody holds any more is removed")
    func release() async throws {
        var directory: PrivateDirectory? = try await PrivateDirectory.create(prefix: "poolscope-test")
        let path = try #require(directory?.path)
        #expect(FileManager.default.fileExists(atPath: path))
        directory = nil
        try await eventually("the directory is gone") { !FileManager.default.fileExists(atPath: path) }
    }

    @Test("a SIGKILL of the process that holds servers leaves no process, no shared memory and no directory")
    func crash() async throws {
        let result = try #require(
            await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                let directory = try await PrivateDirectory.create(prefix: "poolscope-test")
                let server = try await PrivatePostgres.start(in: directory)
                let pooler = try await PrivatePgBouncer.start(in: directory, databases: ["*": server.dsn()])
                let other = try await PrivatePostgres.start(in: directory, name: "other")
                let pids = [await server.processID(), await pooler.processID(), await other.processID()].compactMap(
                    \.self)
                try await other.suspend()
                print("\n" + ([directory.path] + pids.map(String.init)).joined(separator: " "))
                fflush(nil)
                kill(getpid(), SIGKILL)
            })
        let line = String(decoding: result.standardOutputContent, as: UTF8.self)
            .split(separator: "\n").first { $0.contains("poolscope-test") }
        let words = try #require(line).split(separator: " ")
        let (path, pids) = (String(words[0]), words.dropFirst().compactMap { Int32($0) })
        #expect(pids.count == 3)

        try await eventually("the directory is gone") {
            !FileManager.default.fileExists(atPath: path)
        }
        for pid in pids {
            // Gone, or a zombie for which pid 1 of a container does not care.
            let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? "State:\tZ"
            #expect(status.contains("State:\tZ"))
        }
        let segments = try await runTool("ipcs", ["-m", "-p"]).output
        for pid in pids { #expect(!segments.contains(" \(pid) ")) }
    }

    @Test("a process that only works inside the directory is left alone")
    func bystander() async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-test")
        // `setpgid`, not `setsid`: like a command of an interactive shell.
        let bystander = Process()
        bystander.executableURL = URL(fileURLWithPath: "/bin/sleep")
        bystander.arguments = ["30"]
        bystander.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        try bystander.run()
        defer { kill(bystander.processIdentifier, SIGKILL) }
        await directory.remove()
        #expect(!FileManager.default.fileExists(atPath: directory.path))
        #expect(bystander.isRunning)
    }

    /// The segments of System V shared memory that nobody is attached to.
    private static func unusedSegments() async throws -> Set<String> {
        let lines = try await runTool("ipcs", ["-m"]).output.split(separator: "\n").map { $0.split(separator: " ") }
        return Set(lines.filter { $0.count == 6 && $0[5] == "0" }.map { String($0[1]) })
    }
}
