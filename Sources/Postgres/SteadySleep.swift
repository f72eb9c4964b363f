/// Sleeps on the thread that waits for the sockets of all sessions: a tick, which will ask one of them, wakes no other
/// thread for its time.
package enum SteadySleep {
    /// Returns at a moment, or up to a millisecond later.
    /// - Throws: when the task is cancelled before it.
    package static func until(_ moment: ContinuousClock.Instant) async throws(CancellationError) {
        do throws(Poller.Failure) {
            try await Poller.shared.wait(until: moment) { _ in }
        } catch .deadlinePassed {
            return
        } catch {
            throw CancellationError()
        }
    }
}
