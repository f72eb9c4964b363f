import Demo

/// Runs a program to its end and returns its status and what it wrote: `promtool`, `psql`, our own executable.
///
/// - Parameters:
///   - environment: Set beyond (or, with nil, removed from) the environment of the tests.
///   - timeout: After which it is killed and an error thrown.
package func runTool(
    _ name: String, _ arguments: [String] = [], input: String = "", environment: [String: String?] = [:],
    timeout: Duration = .seconds(60)
) async throws -> Tool.Outcome {
    try await Tool.run(name, arguments, input: input, updating: environment, timeout: timeout)
}
