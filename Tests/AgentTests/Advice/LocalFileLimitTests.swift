import Demo
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Agent

@Suite("How many files a PgBouncer on this host may have open")
struct LocalFileLimitTests {
    private func limits(_ soft: String) -> String {
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             64059                64059                processes
        Max open files            \(soft)                 20000                files

        """
    }

    /// A directory that looks like /proc, by process id: the command and its limits.
    private func withProcesses(
        _ processes: [String: (command: String, limits: String?)], _ body: (String) throws -> Void
    ) async throws {
        try await withPrivateDirectory { directory in
            for (name, process) in processes {
                let path = "\(directory.path)/\(name)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                let words = ["/usr/sbin/pgbouncer", "-d", "/etc/\(name).ini", ""].joined(separator: "\0")
                try words.write(toFile: path + "/cmdline", atomically: false, encoding: .utf8)
                try process.command.write(toFile: path + "/comm", atomically: false, encoding: .utf8)
                try process.limits?.write(toFile: path + "/limits", atomically: false, encoding: .utf8)
            }
            try body(directory.path)
        }
    }

    @Test("it is the process's own; several have to agree")
    func processes() async throws {
        let local = try ConnectionString(parsing: "host=127.0.0.1 port=6432")
        let one = ["17": ("pgbouncer\n", limits("1024")), "3": ("postgres\n", limits("9"))]
        try await withProcesses(one) { path in
            #expect(LocalFileLimit.ofPgBouncer(behind: local, processes: path) == 1_024)
            let far = try ConnectionString(parsing: "host=db1 port=6432")
            #expect(LocalFileLimit.ofPgBouncer(behind: far, processes: path) == nil)
        }
        let other = ["18": ("pgbouncer\n", limits("2048"))]
        try await withProcesses(one.merging(other) { $1 }) { path in
            #expect(LocalFileLimit.ofPgBouncer(behind: local, processes: path) == nil)
            // The one that was started with the file that the console names.
            #expect(LocalFileLimit.ofPgBouncer(behind: local, file: "/etc/18.ini", processes: path) == 2_048)
            #expect(LocalFileLimit.ofPgBouncer(behind: local, file: "/etc/1.ini", processes: path) == nil)
        }
        try await withProcesses(["17": ("pgbouncer\n", nil)]) { path in
            #expect(LocalFileLimit.ofPgBouncer(behind: local, processes: path) == nil)
        }
        #expect(LocalFileLimit.ofPgBouncer(behind: local, processes: "/nowhere") == nil)
    }

    @Test("a limit that is none, or not told, is not known")
    func unlimited() {
        #expect(LocalFileLimit.softLimit(limits("unlimited")) == nil)
        #expect(LocalFileLimit.softLimit("") == nil)
    }
}
