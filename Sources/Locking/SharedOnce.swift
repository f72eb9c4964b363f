import Glibc

/// A value that is made once, by whoever asks first; all others wait for it.
///
/// For threads that may block (the web server's), never for tasks of the cooperative pool. The maker runs outside the
/// lock: the lock guards only the step from “nobody” over “somebody makes it” to “made”.
// @unchecked: `stage` is only touched between lock and unlock of `mutex`.
package final class SharedOnce<Value: Sendable>: @unchecked Sendable {
    private enum Stage {
        case untouched, making
        case made(Value)
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var stage = Stage.untouched

    package init() {
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
        changed = .allocate(capacity: 1)
        changed.initialize(to: pthread_cond_t())
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        changed.deallocate()
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// The value, made by `make` if nobody has made it yet.
    package func value(_ make: () -> Value) -> Value {
        if let value = claim() { return value }
        let value = make()
        pthread_mutex_lock(mutex)
        stage = .made(value)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        return value
    }

    /// Nil for the one who is to make the value; for the others the value, once it is made.
    private func claim() -> Value? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch stage {
            case .untouched:
                stage = .making
                return nil
            case .making:
                pthread_cond_wait(changed, mutex)
            case .made(let value):
                return value
            }
        }
    }
}
