import Glibc

/// Notices the end of the process that started us, so that a demo whose terminal or test run is gone does not go on.
package enum ParentWatch {
    /// The process that started us. To be asked early: a parent that has ended is replaced by another.
    package static var parent: Int32 { getppid() }

    /// Returns when `parent` is no longer our parent: it ended. Looks twice a second.
    ///
    /// - Throws: `CancellationError`.
    package static func waitForEnd(of parent: Int32) async throws {
        while getppid() == parent { try await Task.sleep(for: .milliseconds(500)) }
    }
}
