/// How much a pool is used: what was watched, or what somebody says.
package struct LoadMeasurement: Sendable, Equatable {
    package enum Origin: String, Sendable, Codable {
        /// Arrival rate and service time by hand.
        case given
        /// One PgBouncer's counters: the load of this pooler.
        case pgbouncer
        /// `pg_stat_database`: the load of the whole server, whoever lends its connections.
        case postgres
    }

    /// Connections of one pool that are in use on average.
    package struct Pool: Sendable, Equatable {
        package let key: PoolKey
        package let load: Double
    }

    package let origin: Origin
    /// What holds a connection.
    package let holder: LoadReading.Holder
    /// Seconds that were watched; 0 where nothing was.
    package let window: Double
    /// How often was looked.
    package let readings: Int
    /// What began (or, on a server, ended) meanwhile; nil where nobody counts it.
    package let arrivals: Double?
    /// Arrivals per second; nil where nobody counts them.
    package let arrivalRate: Double?
    /// The share of the held time in which the server was at work, not the client; nil where it is not known.
    package let workingShare: Double?
    /// Pools with any load, the most used first.
    package let pools: [Pool]
    /// The load in consecutive parts of the window, of about the same length.
    package let parts: [Double]
    /// The share of looks that saw clients wait.
    package let waitingShare: Double
    /// Whether the load is what the looks saw in use, for want of counters or because they did not tell all.
    package let isSampled: Bool
    /// Databases whose counters began anew meanwhile.
    package let resets: Int

    /// Connections in use on average, of all pools.
    package var load: Double { pools.reduce(0) { $0 + $1.load } }

    /// How long one holds a connection on average, in seconds; nil where arrivals are not counted.
    package var serviceTime: Double? {
        guard let arrivalRate, arrivalRate > 0 else { return nil }
        return load / arrivalRate
    }

    /// The load of the busiest part, where there were several.
    package var busiest: Double? { parts.count > 1 ? parts.max() : nil }

    /// The standard error of the load, relative to it, from how much the parts differ; nil for fewer than three parts.
    package var relativeError: Double? {
        guard parts.count >= 3 else { return nil }
        let count = Double(parts.count)
        let mean = parts.reduce(0, +) / count
        guard mean > 0 else { return nil }
        let variance = parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return (variance / count).squareRoot() / mean
    }
}

extension LoadMeasurement {
    package static let arrivalRateBounds = 0.000_001...10_000_000.0
    /// In seconds: a microsecond to a day.
    package static let serviceTimeBounds = 0.000_001...86_400.0

    /// A load that somebody knows: all arrivals of the server per second, and how long one holds a connection.
    /// - Throws: When a number is out of bounds.
    package static func given(arrivalRate: Double, serviceTime: Double) throws(SizingError) -> LoadMeasurement {
        guard arrivalRateBounds.contains(arrivalRate) else {
            throw SizingError(
                "an arrival rate of \(SizeText.number(arrivalRate)) per second cannot be sized for: "
                    + "0.000001 to 10000000 can")
        }
        guard serviceTimeBounds.contains(serviceTime) else {
            throw SizingError(
                "a service time of \(SizeText.duration(serviceTime)) cannot be sized for: 1 µs to a day can")
        }
        try WaitingLine.check(load: arrivalRate * serviceTime)
        return LoadMeasurement(
            origin: .given, holder: .transaction, window: 0, readings: 0, arrivals: nil, arrivalRate: arrivalRate,
            workingShare: nil, pools: [Pool(key: PoolKey(database: ""), load: arrivalRate * serviceTime)], parts: [],
            waitingShare: 0, isSampled: false, resets: 0)
    }
}
