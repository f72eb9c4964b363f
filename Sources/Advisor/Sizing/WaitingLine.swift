import Foundation

/// A queue before a pool, as the M/M/c model has it: transactions come at random (Poisson), hold one of `connections`
/// for a random time (exponential), and who finds none free waits for as long as it takes.
///
/// Erlang's formulas by the recurrence B(c) = a B(c−1) / (c + a B(c−1)), which neither overflows nor cancels: no
/// factorials, no powers.
package struct WaitingLine: Sendable, Equatable {
    /// Connections that are held at the same time on average if nobody waits: arrival rate × service time, in erlangs.
    package let load: Double
    package let connections: Int
    /// Erlang B: the share of arrivals that find every connection taken, if those went away.
    let blocked: Double

    /// The most load that is calculated with: no server holds so many connections at work.
    package static let loadLimit = 10_000.0
    /// The most connections: enough for `loadLimit` and every wait probability within `probabilityBounds`.
    package static let connectionLimit = 20_000
    package static let probabilityBounds = 0.000_001...0.99

    /// - Throws: When the load or the number of connections is out of bounds.
    package init(load: Double, connections: Int) throws(SizingError) {
        try Self.check(load: load)
        guard (1...Self.connectionLimit).contains(connections) else {
            throw SizingError("\(connections) connections cannot be calculated with: 1 to \(Self.connectionLimit) can")
        }
        var blocked = 1.0
        for count in 1...connections { blocked = Self.next(blocked, load: load, count) }
        self.init(load: load, connections: connections, blocked: blocked)
    }

    private init(load: Double, connections: Int, blocked: Double) {
        self.load = load
        self.connections = connections
        self.blocked = blocked
    }

    /// The fewest connections with which the share of arrivals that wait is at most `waitProbability`.
    /// - Throws: When the load or the probability is out of bounds.
    package static func smallest(load: Double, waitProbability: Double) throws(SizingError) -> WaitingLine {
        try check(load: load)
        guard probabilityBounds.contains(waitProbability) else {
            throw SizingError(
                "a wait probability of \(waitProbability) cannot be planned for: it lies between 0.000001 and "
                    + "\(probabilityBounds.upperBound)")
        }
        var blocked = 1.0
        for count in 1...connectionLimit {
            blocked = next(blocked, load: load, count)
            let line = WaitingLine(load: load, connections: count, blocked: blocked)
            if line.waitProbability <= waitProbability { return line }
        }
        preconditionFailure("\(connectionLimit) connections serve every load up to \(loadLimit)")
    }

    /// - Throws: When this is no load: not a number, nothing, or beyond `loadLimit`.
    package static func check(load: Double) throws(SizingError) {
        guard load.isFinite, load > 0 else {
            throw SizingError("a load of \(load) connections cannot be sized for: nothing uses the pool")
        }
        guard load <= loadLimit else {
            throw SizingError(
                "a load of \(SizeText.number(load)) connections at the same time is beyond \(Int(loadLimit)): "
                    + "check arrival rate and service time")
        }
    }

    private static func next(_ blocked: Double, load: Double, _ count: Int) -> Double {
        load * blocked / (Double(count) + load * blocked)
    }

    /// Whether so many connections get the work done at all; if not, the queue grows without end.
    package var isStable: Bool { load < Double(connections) }

    /// The share of connections in use on average, 1 where it is not stable.
    package var utilization: Double { min(1, load / Double(connections)) }

    /// Erlang C: the share of arrivals that wait; 1 where it is not stable.
    package var waitProbability: Double {
        guard isStable else { return 1 }
        return blocked / (1 - utilization * (1 - blocked))
    }

    /// The average wait of all arrivals, those that do not wait included, in units of `serviceTime`; infinite where it
    /// is not stable.
    package func meanWait(serviceTime: Double) -> Double {
        guard isStable else { return .infinity }
        return waitProbability * serviceTime / (Double(connections) - load)
    }

    /// The wait that a share of `probability` of all arrivals exceeds; 0 where fewer wait at all, infinite where it is
    /// not stable.
    package func waitExceeded(by probability: Double, serviceTime: Double) -> Double {
        guard isStable else { return .infinity }
        guard waitProbability > probability else { return 0 }
        return serviceTime / (Double(connections) - load) * log(waitProbability / probability)
    }
}
