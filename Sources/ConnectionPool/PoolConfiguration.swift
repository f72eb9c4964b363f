/// The knobs of a pool. `validate` says what is wrong in one sentence; the pool takes only what is valid.
///
/// No duration may be longer than 365 days.
public struct PoolConfiguration: Sendable, Equatable {
    /// For metrics and messages; not empty.
    public var name: String
    /// Connections opened at the start and kept. Default 0, at least 0, at most `maximum`.
    public var minimum = 0
    /// Connections at most, whatever happens: idle, lent, being opened, reset and closed. Default 10, at least 1,
    /// at most 10,000.
    public var maximum = 10
    /// How long `withConnection` waits for a connection before it fails. Default 2 s, at least 1 ms.
    public var acquireTimeout: Duration = .seconds(2)
    /// Unused for so long, a connection beyond `minimum` is closed. Default 30 s, at least 10 ms; nil: never.
    public var idleTimeout: Duration? = .seconds(30)
    /// So old, a connection is closed as soon as nobody uses it: this recycles the server's memory of it. Each
    /// connection gets up to a tenth less, at random, so that they do not end together. Default 30 min, at least
    /// 10 ms; nil: never.
    public var maximumLifetime: Duration? = .seconds(1_800)
    /// Unused for so long, a connection is asked for a sign of life. Default 60 s, at least 10 ms; nil: never.
    public var keepAliveInterval: Duration? = .seconds(60)
    /// Lent for so long, a connection counts as leaked and is reported, once a lease. Default 60 s, at least 1 ms; nil: never.
    public var leakThreshold: Duration? = .seconds(60)
    /// Tasks that may wait at a time; the next fails at once. Default 1,000, at least 0, at most 100,000.
    public var waitersMaximum = 1_000
    /// For opening one connection. Default 5 s, at least 1 ms.
    public var openTimeout: Duration = .seconds(5)
    /// The pause after an attempt to open a connection that failed: the shortest, doubled by each failure in a row, up to
    /// the longest; a fifth more or less by jitter, so that many pools do not knock in step. Default 100 ms to 10 s, at
    /// least 1 ms.
    public var openBackoff: ClosedRange<Duration> = .milliseconds(100) ... .seconds(10)
    /// For a reset or a keep-alive; afterwards the connection is closed. Default 5 s, at least 1 ms.
    public var resetTimeout: Duration = .seconds(5)
    /// How long leases may go on when the task that runs the pool is cancelled; then they are cancelled too. Default
    /// 5 s, at least 0.
    public var shutdownBound: Duration = .seconds(5)

    public init(name: String) {
        self.name = name
    }
}
