/// State behind a lock: the one lock type of the project.
///
/// Critical sections are short. Nothing is logged, encoded or called out from within `withLock`.
/// ThreadSanitizer does not understand `Synchronization.Mutex` and reports races that are none,
/// so under `-D TSAN` the same interface stands on a pthread mutex.
#if TSAN
    import Glibc

    // @unchecked: `state` is only touched between lock and unlock of `mutex`.
    package final class Guarded<State: Sendable>: @unchecked Sendable {
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>
        private var state: State

        package init(_ initial: State) {
            state = initial
            mutex = .allocate(capacity: 1)
            mutex.initialize(to: pthread_mutex_t())
            pthread_mutex_init(mutex, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        package func withLock<R: Sendable, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&state)
        }
    }
#else
    import Synchronization

    package final class Guarded<State: Sendable>: Sendable {
        private let mutex: Mutex<State>

        package init(_ initial: State) {
            mutex = Mutex(initial)
        }

        package func withLock<R: Sendable, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
            try mutex.withLock { (state) throws(E) -> R in try body(&state) }
        }
    }
#endif
