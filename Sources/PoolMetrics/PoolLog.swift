public import ConnectionPool
import Locking
public import Logging

/// Writes what deserves attention in a pool to a service's log.
///
/// Leaks are warnings, with where the lease was taken. Of failures to connect in a row the first is a warning and the
/// rest are debug messages, and the next success says that it is over, so that an outage is two lines. Everything that is
/// a caller's error already (time-outs) or that is as it should be (idle connections closed) is a debug message.
/// Errors are written as they describe themselves; those of `PostgresPool` hold no secrets.
///
/// It lives beside `PoolMetrics` since both are for the shell of a service, and so that `ConnectionPool` needs no
/// logging library.
public final class PoolLog: PoolObserver {
    private let logger: Logger
    /// Failures to connect since the last success.
    private let failures = Guarded(0)

    /// - Parameter name: The pool's, in the metadata of every message.
    public init(_ logger: Logger, pool name: String) {
        var logger = logger
        logger[metadataKey: "pool"] = "\(name)"
        self.logger = logger
    }

    public func opened(after duration: Duration) {
        let failed = failures.withLock { failures in
            defer { failures = 0 }
            return failures
        }
        if failed > 0 {
            logger.notice("connections can be opened again", metadata: ["failures": "\(failed)"])
        }
    }

    public func openFailed(_ error: any Error, after duration: Duration) {
        let isFirst = failures.withLock { failures in
            failures += 1
            return failures == 1
        }
        logger.log(
            level: isFirst ? .warning : .debug, "no connection could be opened",
            metadata: ["error": "\(error)", "seconds": "\(duration.inSeconds)"])
    }

    public func closed(_ reason: CloseReason) {
        switch reason {
        case .idle, .lifetime, .shutdown:
            logger.debug("a connection was closed", metadata: ["reason": "\(reason.rawValue)"])
        case .broken, .inTransaction, .inDoubt:
            logger.info("a connection was closed", metadata: ["reason": "\(reason.rawValue)"])
        }
    }

    public func acquireFailed(_ code: PoolError.Code, after duration: Duration) {
        logger.debug(
            "a task got no connection", metadata: ["code": "\(code.label)", "seconds": "\(duration.inSeconds)"])
    }

    public func leaked(_ lease: LeaseOrigin, heldFor duration: Duration) {
        logger.warning(
            "a connection is held for too long",
            metadata: ["taken_at": "\(lease)", "seconds": "\(duration.inSeconds)"])
    }

    public func keptAlive(_ succeeded: Bool) {
        if !succeeded { logger.notice("an unused connection gave no sign of life") }
    }
}
