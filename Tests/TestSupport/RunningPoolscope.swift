import Glibc
import Locking
import Subprocess

/// A real `poolscope` process under test.
package struct RunningPoolscope: Sendable {
    package let processID: Int32
    // Guards the lines that it has written so far, to either stream.
    fileprivate let lines = Guarded<[String]>([])
    fileprivate let didEnd = Guarded(false)

    fileprivate init(processID: Int32) {
        self.processID = processID
    }

    /// Everything that it has written so far, to either stream.
    package var output: String { lines.withLock { $0.joined(separator: "\n") } }

    /// Whether its output has ended, which it does when the process ends.
    package var hasEnded: Bool { didEnd.withLock { $0 } }

    package func signal(_ number: Int32) { kill(processID, number) }

    /// The address that it says it listens on, e.g. `http://127.0.0.1:40123`.
    package func url() async throws -> String {
        try await eventually("poolscope listens", within: patience) {
            lines.withLock { lines -> String? in
                lines.lazy.compactMap { $0.firstMatch(of: #/(?:listening on |http:\/\/)(127\.0\.0\.1:\d+)/#)?.1 }.first
                    .map { "http://\($0)" }
            }
        } is: {
            $0 != nil
        }!
    }

    /// A scrape of `/metrics`, parsed.
    package func metrics() async throws -> MetricsText {
        try MetricsText(parsing: try await HTTPClient.get("\(try await url())/metrics").text)
    }

    /// Scrapes until the condition holds.
    @discardableResult
    package func metrics(
        _ what: String, within limit: Duration = patience, fileID: String = #fileID, line: Int = #line,
        until condition: (MetricsText) -> Bool
    ) async throws -> MetricsText {
        try await eventually(what, within: limit, fileID: fileID, line: line, { try await metrics() }, is: condition)
    }

    /// The state of the only target, or of the one named: the one of its states that is 1.
    package func state(_ target: String? = nil) async throws -> String? {
        let labels = target.map { ["target": $0] } ?? [:]
        return try await metrics().all("poolscope_target_state", labels).first { $0.value == 1 }?.labels["state"]
    }

    /// Waits until the only target, or the one named, is in a state.
    package func reaches(
        _ state: String, target: String? = nil, within limit: Duration = patience, fileID: String = #fileID,
        line: Int = #line
    ) async throws {
        try await eventually(
            "\(target ?? "the target") is \(state)", within: limit, fileID: fileID, line: line,
            { try await self.state(target) }, is: { $0 == state })
    }
}

/// How a `poolscope` process ended.
package struct PoolscopeEnd: Sendable {
    /// The exit code; the negative signal number when a signal ended it.
    package let status: Int32
    package let output: String
}

/// Runs `poolscope` while `body` runs, then ends it with SIGTERM.
///
/// - Parameters:
///   - arguments: Its arguments. `--listen` is up to the caller: port 0 takes a free one.
///   - environment: Set beyond (or, with nil, removed from) the environment of the tests.
@discardableResult
package func withPoolscope(
    _ arguments: [String], environment: [String: String?] = [:],
    _ body: @Sendable (RunningPoolscope) async throws -> Void
) async throws -> PoolscopeEnd {
    // What people set for libpq must not lead the tests astray.
    var changes: [Environment.Key: String?] = [:]
    for name in ["PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGSERVICE", "DATA_SOURCE_NAME"] {
        changes[Environment.Key(stringLiteral: name)] = .some(nil)
    }
    for (name, value) in environment { changes[Environment.Key(stringLiteral: name)] = .some(value) }
    let result = try await run(
        .path(.init(ProductsDirectory.poolscope)), arguments: Arguments(arguments),
        environment: .inherit.updating(changes), input: .none, output: .sequence, error: .combinedWithOutput
    ) { execution in
        let poolscope = RunningPoolscope(processID: execution.processIdentifier.value)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for try await line in execution.standardOutput.strings() {
                    poolscope.lines.withLock { $0.append(line) }
                }
                poolscope.didEnd.withLock { $0 = true }
            }
            do {
                try await body(poolscope)
            } catch {
                poolscope.signal(SIGTERM)
                throw error
            }
            if !poolscope.hasEnded { poolscope.signal(SIGTERM) }
            try await group.waitForAll()
        }
        return poolscope.output
    }
    switch result.terminationStatus {
    case .exited(let code): return PoolscopeEnd(status: code, output: result.closureResult)
    case .signaled(let signal): return PoolscopeEnd(status: -signal, output: result.closureResult)
    }
}
