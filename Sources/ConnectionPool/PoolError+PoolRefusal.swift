extension PoolError {
    /// The sentence for a task that gets no connection.
    init(_ refusal: PoolRefusal, _ configuration: PoolConfiguration) {
        let reason: String
        let now = refusal.statistics
        var underlying = refusal.cause
        switch refusal.code {
        case .acquireTimeout where !refusal.isRun:
            reason = "no connection within \(configuration.acquireTimeout), because nobody runs the pool: call run()"
        case .acquireTimeout:
            let cause = refusal.cause.map { "; the last attempt to open one failed: \($0)" } ?? ""
            reason =
                "no connection became free within \(configuration.acquireTimeout): \(now.used) of at most \(now.maximum)"
                + " in use, \(now.opening) being opened, \(now.pending) more tasks wait\(cause)"
        case .tooManyWaiters:
            reason = "\(now.pending) tasks wait already, and more may not (waitersMaximum)"
        case .cannotConnect:
            reason = "no connection could be opened" + (refusal.cause.map { ": \($0)" } ?? "")
        case .shutdown:
            reason = "it is shut down"
            underlying = nil
        case .cancelled:
            reason = "the task was cancelled while it waited for a connection"
            underlying = nil
        case .invalidConfiguration:
            reason = "its configuration is not valid"
        }
        self.init(code: refusal.code, message: "pool \(configuration.name): \(reason)", underlying: underlying)
    }
}
