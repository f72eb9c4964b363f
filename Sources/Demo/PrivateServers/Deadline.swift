/// Runs `body`, and cancels it when it takes longer than `limit`.
///
/// - Throws: what `body` throws, or `PrivateServerError(message)` at the deadline.
func withDeadline<Result: Sendable>(
    _ limit: Duration, _ message: @autoclosure () -> String, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let result = first else { throw PrivateServerError(message()) }
        return result
    }
}

/// Looks every `step` whether `condition` holds, for at most `limit`; tells whether it came to hold.
///
/// - Throws: `CancellationError`, and what `condition` throws.
func holds(
    within limit: Duration, every step: Duration = .milliseconds(20), _ condition: () async throws -> Bool
) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { return false }
        try await Task.sleep(for: step)
    }
    return true
}
