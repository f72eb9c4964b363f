/// How long a test waits for what must come: far longer than it takes, since a machine may be busy.
package let patience = Duration.seconds(60)

/// A value that did not become what a test waits for: says what it was last, and where.
package struct NotWithinTime: Error, CustomStringConvertible {
    package let description: String
}

/// Reads a value every 50 ms until it satisfies the condition, and returns it.
///
/// - Throws: `NotWithinTime` with the last value (or the last error of `read`) when `limit` has passed;
///   `CancellationError` when the test is cancelled.
@discardableResult
package func eventually<Value>(
    _ what: String, within limit: Duration = patience, fileID: String = #fileID, line: Int = #line,
    _ read: () async throws -> Value, is condition: (Value) -> Bool
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while true {
        var last: String
        do {
            let value = try await read()
            if condition(value) { return value }
            last = "\(value)"
        } catch {
            last = "error: \(error)"
        }
        guard ContinuousClock.now < end else {
            throw NotWithinTime(
                description: "\(fileID):\(line): not within \(limit): \(what); last: \(last.prefix(2_000))")
        }
        try await Task.sleep(for: .milliseconds(50))
    }
}

/// As above, for a plain condition.
package func eventually(
    _ what: String, within limit: Duration = patience, fileID: String = #fileID, line: Int = #line,
    _ condition: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit, fileID: fileID, line: line, condition, is: { $0 })
}
