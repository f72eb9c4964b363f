import Glibc

/// Notices the end of the process that started us, so that a demo whose terminal or test run is gone does not go on.
package enum ParentWatch {
    /// Returns when our parent is no longer the one that we have at the call: it ended. Looks twice a second.
    ///
    /// - Throws: `CancellationError`.
    package static func waitForEnd() async throws {
        let parent = getppid()
        while getppid() == parent { try await Task.sleep(for: .milliseconds(500)) }
    }
}
