/// How a transaction begins, and what holds inside of it.
public struct TransactionOptions: Sendable, Equatable {
    public enum Isolation: String, Sendable, CaseIterable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    /// Nil: the server's default.
    public var isolation: Isolation?
    /// Nil: the server's default.
    public var isReadOnly: Bool?
    /// Waits for a snapshot that cannot fail; has an effect for serializable, read-only transactions alone.
    public var isDeferrable = false
    /// `SET LOCAL statement_timeout`. Rounded up to whole milliseconds, like the other two; nil: the pool's.
    public var statementTimeout: Duration?
    /// `SET LOCAL lock_timeout`.
    public var lockTimeout: Duration?
    /// `SET LOCAL idle_in_transaction_session_timeout`: after so long without a statement the server ends the session,
    /// and with it the transaction.
    public var idleTimeout: Duration?

    public init() {}

    /// What begins the transaction, in one message of the simple protocol.
    ///
    /// - Parameter fallback: The statement time-out when the options give none.
    func statements(fallback: Duration?) -> String {
        var begin = "BEGIN"
        if let isolation { begin += " ISOLATION LEVEL \(isolation.rawValue)" }
        if let isReadOnly { begin += isReadOnly ? " READ ONLY" : " READ WRITE" }
        if isDeferrable { begin += " DEFERRABLE" }
        let settings = [
            ("statement_timeout", statementTimeout ?? fallback), ("lock_timeout", lockTimeout),
            ("idle_in_transaction_session_timeout", idleTimeout),
        ]
        return ([begin] + settings.compactMap { name, value in value.map { "SET LOCAL \(name) = \($0.milliseconds)" } })
            .joined(separator: "; ")
    }
}

extension Duration {
    /// For PostgreSQL's time-outs: whole milliseconds, rounded up, between 1 (0 would be "never") and what fits.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 2_147_483 else { return Int(Int32.max) }
        guard seconds >= 0 else { return 1 }
        return max(1, Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
