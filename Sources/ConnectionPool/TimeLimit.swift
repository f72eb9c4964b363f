/// Something took too long.
struct TimeLimitExceeded: Error, CustomStringConvertible {
    let what: String
    let limit: Duration
    var description: String { "\(what) took longer than \(limit)" }
}

/// Runs `body` and cancels it after `limit`. What it yields in spite of that counts, so that nothing is lost.
///
/// - Throws: `TimeLimitExceeded` if it throws after it was cancelled for that; what it throws before.
func withTimeLimit<Value: Sendable>(
    _ limit: Duration, _ what: String, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            // Cancelled with its parent, the body ends by itself.
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        if let value = try await group.next() ?? nil { return value }
        let isLate = !Task.isCancelled
        group.cancelAll()
        do {
            if let value = try await group.next() ?? nil { return value }
        } catch  where isLate {
            throw TimeLimitExceeded(what: what, limit: limit)
        }
        throw CancellationError()
    }
}
