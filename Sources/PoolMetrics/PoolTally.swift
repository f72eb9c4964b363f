import ConnectionPool
import Exposition
import PoolVocabulary

/// What has happened in a pool since it was made. Observing allocates nothing.
struct PoolTally {
    private(set) var opened: UInt64 = 0
    private(set) var openFailures: UInt64 = 0
    private(set) var acquired: UInt64 = 0
    private(set) var released: UInt64 = 0
    private(set) var abandoned: UInt64 = 0
    private(set) var leaked: UInt64 = 0
    private(set) var keptAlive: UInt64 = 0
    private(set) var keepAliveFailures: UInt64 = 0
    private(set) var refused = Dictionary(uniqueKeysWithValues: PoolError.Code.ofLeases.map { ($0, UInt64(0)) })
    private(set) var closed = Dictionary(uniqueKeysWithValues: CloseReason.allCases.map { ($0, UInt64(0)) })
    private(set) var createTimes = Histogram(bounds: ClientPoolFamilies.seconds)
    private(set) var waitTimes = Histogram(bounds: ClientPoolFamilies.seconds)
    private(set) var useTimes = Histogram(bounds: ClientPoolFamilies.seconds)
    private(set) var saturations = Histogram(bounds: PoolFamilies.saturationSampled.buckets)

    mutating func open(after duration: Duration) {
        opened += 1
        createTimes.observe(duration.inSeconds)
    }

    mutating func failToOpen() { openFailures += 1 }

    mutating func close(_ reason: CloseReason) { closed[reason, default: 0] += 1 }

    mutating func acquire(after duration: Duration) {
        acquired += 1
        waitTimes.observe(duration.inSeconds)
    }

    mutating func refuse(_ code: PoolError.Code, after duration: Duration) {
        refused[code, default: 0] += 1
        if duration > .zero, code != .tooManyWaiters { abandoned += 1 }
    }

    mutating func release(after duration: Duration) {
        released += 1
        useTimes.observe(duration.inSeconds)
    }

    mutating func leak() { leaked += 1 }

    mutating func keepAlive(_ succeeded: Bool) {
        if succeeded { keptAlive += 1 } else { keepAliveFailures += 1 }
    }

    mutating func sample(saturation: Double) { saturations.observe(saturation) }

    /// A copy that shares no buckets with this one.
    var detached: PoolTally {
        var copy = self
        copy.createTimes = createTimes.detached
        copy.waitTimes = waitTimes.detached
        copy.useTimes = useTimes.detached
        return copy
    }
}

extension Duration {
    /// Seconds; 0 when it is negative, since no event ends before it begins.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return max(0, Double(seconds) + Double(attoseconds) * 1e-18)
    }
}

extension PoolError.Code {
    /// Those with which a lease can be refused.
    static let ofLeases = allCases.filter { $0 != .invalidConfiguration }

    /// As the `code` label has it.
    var label: String {
        switch self {
        case .acquireTimeout: "acquire_timeout"
        case .tooManyWaiters: "too_many_waiters"
        case .cannotConnect: "cannot_connect"
        case .shutdown: "shutdown"
        case .cancelled: "cancelled"
        case .invalidConfiguration: "invalid_configuration"
        }
    }
}

extension PoolStatistics {
    /// Open connections that cannot be lent: lent ones, and those being reset, asked for a sign of life or closed.
    var notFree: Int { used + busy }

    /// What cannot be lent now, of what there may be.
    var saturation: Double? {
        maximum > 0 ? Double(notFree + opening) / Double(maximum) : nil
    }
}
