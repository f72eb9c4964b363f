/// Adds up what several looks at a pooler or a server say of its load.
package struct LoadMeter: Sendable {
    fileprivate struct Database {
        var latest: LoadReading.Counters
        var arrivals = 0.0
        var held = 0.0
        var working = 0.0
        var wasReset = false
        /// Of the connections in use at each look.
        var inUse = 0.0
        var inUseSquares = 0.0
    }

    /// Into how many parts the window is cut, to see how much the load varies.
    private static let partCount = 6
    /// From how many looks on what they saw in use counts against what the counters say.
    private static let telling = 20

    private let origin: LoadMeasurement.Origin
    private var databases: [String: Database] = [:]
    private var pools: [PoolKey: Double] = [:]
    private var holders: [String: LoadReading.Holder] = [:]
    private var times: [Double] = []
    /// After each look: seconds held so far, and connections in use.
    private var course: [(held: Double, inUse: Double)] = []
    private var readingsWithWaiters = 0

    /// - Parameter origin: What is looked at.
    package init(origin: LoadMeasurement.Origin) {
        self.origin = origin
    }

    /// Takes in the next look; a later one than those before.
    package mutating func add(_ reading: LoadReading) {
        let isFirst = times.isEmpty
        times.append(reading.time)
        holders.merge(reading.holders) { $1 }
        for (name, counters) in reading.databases {
            guard databases[name] != nil else {
                // A database that comes up in between has counted from nothing.
                databases[name] = Database(latest: isFirst ? counters : .zero)
                if !isFirst { databases[name]?.advance(to: counters) }
                continue
            }
            databases[name]?.advance(to: counters)
        }
        var inUse: [String: Double] = [:]
        for (key, pool) in reading.pools {
            pools[key, default: 0] += pool.inUse
            inUse[key.database, default: 0] += pool.inUse
        }
        for (name, count) in inUse { databases[name]?.see(count) }
        if reading.pools.values.contains(where: { $0.waiting > 0 }) { readingsWithWaiters += 1 }
        course.append((databases.values.reduce(0) { $0 + $1.held }, inUse.values.reduce(0, +)))
    }

    /// What it comes to.
    /// - Throws: When there are not two looks, or nothing was used.
    package func measurement() throws(SizingError) -> LoadMeasurement {
        guard let first = times.first, let last = times.last, last > first else {
            throw SizingError("the load takes two looks at the counters, and time between them")
        }
        let window = last - first
        let loads = databases.mapValues { load(of: $0, window: window) }
        let used = databases.filter { (loads[$0.key]?.value ?? 0) > 0 }
        guard !used.isEmpty else {
            throw SizingError(
                "nothing used a connection in the \(SizeText.duration(window)) that were watched: there is no load to "
                    + "size for; watch longer with --watch, or at a busier time")
        }
        let arrivals =
            used.values.allSatisfy { $0.latest.arrivals != nil }
            ? used.values.reduce(0) { $0 + $1.arrivals } : nil
        let isSampled = used.keys.contains { loads[$0]?.isSampled == true }
        return LoadMeasurement(
            origin: origin, holder: holder(of: Array(used.keys)), window: window, readings: times.count,
            arrivals: arrivals, arrivalRate: arrivals.flatMap { $0 > 0 ? $0 / window : nil },
            workingShare: workingShare(of: used, load: used.keys.reduce(0) { $0 + (loads[$1]?.value ?? 0) * window }),
            pools: used.keys.flatMap { split(loads[$0]?.value ?? 0, of: $0) }
                .sorted { ($1.load, $0.key) < ($0.load, $1.key) },
            parts: parts(sampled: isSampled), waitingShare: Double(readingsWithWaiters) / Double(times.count),
            isSampled: isSampled, resets: databases.values.count(where: \.wasReset))
    }

    /// What holds connections; where it is several things, the one that holds them longest.
    private func holder(of names: [String]) -> LoadReading.Holder {
        let all = names.map { holders[$0] ?? .transaction }
        return [.session, .transaction, .statement].first { all.contains($0) } ?? .transaction
    }

    /// The load of one database: seconds held per second, unless only the looks can say.
    ///
    /// A transaction that has not ended is in no counter: where clearly more was in use than the counters say, what was
    /// seen counts.
    private func load(of database: Database, window: Double) -> (value: Double, isSampled: Bool) {
        let count = Double(times.count)
        let mean = database.inUse / count
        guard database.latest.held != nil else { return (mean, true) }
        let counted = max(0, database.held / window)
        let variance = max(0, database.inUseSquares / count - mean * mean)
        let doubt = 3 * (variance / count).squareRoot()
        guard times.count >= Self.telling, mean > 1.2 * counted + doubt + 0.1 else { return (counted, false) }
        return (mean, true)
    }

    /// - Parameter load: Connection seconds of all of them.
    private func workingShare(of used: [String: Database], load: Double) -> Double? {
        guard load > 0, used.values.allSatisfy({ $0.latest.working != nil }) else { return nil }
        let working = used.values.reduce(0) { $0 + $1.working }
        // Clocks are read at different moments, and a share of nothing would make the server's limit boundless.
        let share = working / load
        return working > 0 && share.isFinite ? min(1, max(0.01, share)) : nil
    }

    /// A database's load over its pools, as they were seen in use.
    private func split(_ load: Double, of database: String) -> [LoadMeasurement.Pool] {
        let own = pools.filter { $0.key.database == database }
        let seen = own.values.reduce(0, +)
        guard !own.isEmpty else { return [.init(key: PoolKey(database: database), load: load)] }
        return own.compactMap { key, inUse in
            let share = seen > 0 ? inUse / seen : 1 / Double(own.count)
            return share > 0 ? .init(key: key, load: load * share) : nil
        }
    }

    private func parts(sampled: Bool) -> [Double] {
        let count = min(Self.partCount, times.count - 1)
        let bounds = (0...count).map { $0 * (times.count - 1) / count }
        return zip(bounds, bounds.dropFirst()).compactMap { from, to in
            let length = times[to] - times[from]
            guard length > 0 else { return nil }
            guard sampled else { return max(0, (course[to].held - course[from].held) / length) }
            return course[(from + 1)...to].reduce(0) { $0 + $1.inUse } / Double(to - from)
        }
    }
}

extension LoadMeter.Database {
    mutating func advance(to counters: LoadReading.Counters) {
        if counters.progress < latest.progress {
            // What was counted between the last look and the new beginning is lost; what follows is not.
            wasReset = true
        } else {
            arrivals += (counters.arrivals ?? 0) - (latest.arrivals ?? 0)
            held += (counters.held ?? 0) - (latest.held ?? 0)
            working += (counters.working ?? 0) - (latest.working ?? 0)
        }
        latest = counters
    }

    mutating func see(_ count: Double) {
        inUse += count
        inUseSquares += count * count
    }
}
