/// Acts on sessions one by one, writes each action down, and looks whether they have ended.
package struct SessionEnder {
    /// Between two looks.
    private static let pause: Duration = .milliseconds(200)

    private let server: SessionsServer
    private let auditor: Auditor

    package init(server: SessionsServer, auditor: Auditor) {
        self.server = server
        self.auditor = auditor
    }

    /// - Returns: The results in the order of the requests; fewer when the connection was lost.
    /// - Throws: When an action cannot be written down; then it was the last one.
    package func perform(_ requests: [ActionRequest]) async throws(SessionsError) -> [ActionResult] {
        var results: [ActionResult] = []
        for request in requests where !server.isLost {
            let result = ActionResult(request.row, await server.perform(request))
            results.append(result)
            do {
                try auditor.record(request.action, result)
            } catch {
                throw SessionsError(
                    "\(error): stopped after \(results.count) of \(Plural.count(requests.count, "session")); the last was "
                        + "\(SessionText.name(request.row)), which \(result.outcome.sentence)")
            }
        }
        return results
    }

    /// Waits until all of these have ended, or the time is over.
    /// - Returns: Those that have not.
    package func waitForEnd(
        of requests: [ActionRequest], within limit: Duration
    ) async throws(SessionsError) -> [RemainingSession] {
        guard !requests.isEmpty else { return [] }
        let end = ContinuousClock.now + limit
        while true {
            let remaining = try await server.remaining(of: requests)
            guard !remaining.isEmpty, ContinuousClock.now < end else { return remaining }
            try? await Task.sleep(for: Self.pause)
            if Task.isCancelled { return remaining }
        }
    }
}
