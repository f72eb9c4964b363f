internal import CPostgres

/// The one owner of a `PGcancel`: asks the server, over a connection of its own, to end the statement that a session
/// runs.
///
/// A `PGcancel` is a copy of address and key that libpq never writes again, made to be used while another thread uses
/// the connection; so it may be called from anywhere, also after the connection was closed (then nobody has the key
/// any more, and nothing happens).
package final class StatementCanceller: Sendable {
    package enum Outcome: Sendable, Equatable {
        /// The server took the request and has acted upon it: it cannot hit a later statement.
        case delivered
        /// It was not sent: why, in the system's words.
        case failed(String)
        /// It may have been sent, and may take effect at any time: the session must not run another statement.
        case unanswered
    }

    /// Never written after `PQgetCancel`.
    nonisolated(unsafe) private let handle: OpaquePointer

    /// Takes over the `PGcancel`.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    /// Calls `PQfreeCancel`.
    deinit {
        PQfreeCancel(handle)
    }

    /// Asks, and waits until the server has passed the request on; deaf to the cancellation of the task.
    ///
    /// `PQcancel` returns when the server closes the connection on which it was asked, which it does after it has sent
    /// the signal. PgBouncer closes it after the server has closed the one on which PgBouncer asked, since 1.18; older
    /// ones do it at once, and a request may then hit a later statement, even another client's. libpq 15 sends it
    /// without TLS, whatever the session uses. Calls `PQcancel`, which blocks, in `BlockingCalls`.
    package func cancel(within bound: Duration) async -> Outcome {
        let deadline = Deadline(after: bound, isShielded: true)
        do {
            return try await BlockingCalls.cancelling.run(until: deadline.instant, isShielded: true) { [self] in
                request()
            }
        } catch {
            return .unanswered
        }
    }

    private func request() -> Outcome {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { words in
            words.initialize(repeating: 0)
            guard PQcancel(handle, words.baseAddress, Int32(words.count)) == 1 else {
                return .failed(String(cString: words.baseAddress!).onOneLine(limit: 250))
            }
            return .delivered
        }
    }
}
