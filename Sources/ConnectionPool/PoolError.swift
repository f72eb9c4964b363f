/// Why a pool lent no connection.
public struct PoolError: Error, Sendable, CustomStringConvertible {
    /// What a caller can act upon.
    public enum Code: String, Sendable, CaseIterable {
        /// All connections stayed in use for `acquireTimeout`.
        case acquireTimeout
        /// `waitersMaximum` tasks wait already.
        case tooManyWaiters
        /// No connection could be opened; `underlying` says why.
        case cannotConnect
        /// The pool drains or was shut down.
        case shutdown
        /// The waiting task was cancelled.
        case cancelled
        /// The configuration is not valid.
        case invalidConfiguration
    }

    public let code: Code
    /// One sentence.
    public let message: String
    /// What opening a connection threw last, where that is the reason.
    public let underlying: (any Error)?

    public init(code: Code, message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { message }
}
