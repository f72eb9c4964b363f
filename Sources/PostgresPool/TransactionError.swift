public import Postgres

/// Why a transaction was not, or perhaps not, committed although its body reported no error.
public struct TransactionError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable {
        /// It was rolled back: a statement in it had failed and the body went on, or the connection was lost before
        /// COMMIT.
        case rolledBack
        /// COMMIT was sent and its answer never came: it may or may not have been committed. Whoever needs to know looks
        /// for what it wrote.
        case outcomeUnknown
        /// The body ended the transaction by a statement of its own; what came after that ran outside of it.
        case endedInBody
        /// The connection was inside of a transaction already; nothing was done.
        case alreadyInTransaction
    }

    public let code: Code
    /// One sentence.
    public let message: String
    /// What the server or libpq said, where that is the reason.
    public let underlying: PostgresError?

    init(_ code: Code, _ message: String, underlying: PostgresError? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String { underlying.map { "\(message): \($0)" } ?? message }
}
