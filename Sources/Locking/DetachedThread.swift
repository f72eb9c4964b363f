import Glibc

/// Starts a thread that runs `body` and ends; false if the system gives no more threads.
///
/// All signals are blocked in it, so that they go to the threads that expect them. Calls `pthread_create`.
package func startDetachedThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    let job = ThreadJob(body: body)
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let retained = Unmanaged.passRetained(job)
    var thread = pthread_t()
    guard pthread_create(&thread, &attributes, runThreadJob, retained.toOpaque()) == 0 else {
        retained.release()
        return false
    }
    return true
}

private final class ThreadJob: Sendable {
    let body: @Sendable () -> Void

    init(body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}

private func runThreadJob(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    let job = Unmanaged<ThreadJob>.fromOpaque(context!).takeRetainedValue()
    var signals = sigset_t()
    sigfillset(&signals)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    job.body()
    return nil
}
