import Foundation

/// A program run to its end.
struct Command {
    /// What it left behind.
    struct Outcome {
        let status: Int32
        /// Standard output and standard error, as they came.
        let output: String
    }

    /// The environment of every command: ours without what `make` and people add to it.
    static let plainEnvironment = ProcessInfo.processInfo.environment.filter {
        ["PATH", "HOME", "XDG_CACHE_HOME", "POOLSCOPE_CACHE"].contains($0.key)
    }

    /// Runs a program, found in the environment's `PATH` unless it has a slash, in the root of the repository.
    static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = plainEnvironment
    ) async throws -> Outcome {
        try await withTemporaryDirectory { directory in
            // To a file, since a pipe that nobody empties would stop the program.
            let file = directory.appending(path: "output")
            try Data().write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [program] + arguments
            process.environment = environment
            process.currentDirectoryURL = Repository.root
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = handle
            process.standardError = handle
            let status = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do {
                    try process.run()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            try handle.close()
            return Outcome(status: status, output: try String(contentsOf: file, encoding: .utf8))
        }
    }
}
