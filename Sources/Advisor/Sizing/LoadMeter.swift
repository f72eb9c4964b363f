/// Adds up what several looks at a pooler or a server say of its load.
///
/// Memory: totals by database and by pool, and a course of at most `courseLimit` points however long it is used.
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
    static let courseLimit = 1_200
    static let poolLimit = 5_000

    /// The state after a look: what it had come to by then.
    private struct Point {
        let time: Double
        /// Connection seconds so far, by the counters.
        let held: Double
        /// Connections in use, summed over the looks so far.
        let inUse: Double
        let looks: Int
    }

    private let origin: LoadMeasurement.Origin
    private var databases: [String: Database] = [:]
    private var pools: [PoolKey: Double] = [:]
    private var holders: [String: LoadReading.Holder] = [:]
    /// After every `stride`-th look, and after the last.
    private var course: [Point] = []
    private var stride = 1
    private var readings = 0
    private var readingsWithWaiters = 0

    /// - Parameter origin: What is looked at.
    package init(origin: LoadMeasurement.Origin) {
        self.origin = origin
    }

    /// Seconds from the first look to the last.
    package var window: Double { (course.last?.time ?? 0) - (course.first?.time ?? 0) }

    /// Takes in the next look; a later one than those before.
    package mutating func add(_ reading: LoadReading) {
        let isFirst = readings == 0
        readings += 1
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
            inUse[key.database, default: 0] += pool.inUse
            guard pools[key] != nil || pools.count < Self.poolLimit else { continue }
            pools[key, default: 0] += pool.inUse
        }
        for (name, count) in inUse { databases[name]?.see(count) }
        if reading.pools.values.contains(where: { $0.waiting > 0 }) { readingsWithWaiters += 1 }
        append(
            Point(
                time: reading.time, held: databases.values.reduce(0) { $0 + $1.held },
                inUse: (course.last?.inUse ?? 0) + inUse.values.reduce(0, +), looks: readings))
    }

    private mutating func append(_ point: Point) {
        if let last = course.last, !isKept(last) { course.removeLast() }
        course.append(point)
        guard course.count > Self.courseLimit else { return }
        // Points hold sums: every second one tells the same of parts twice as long.
        stride *= 2
        course = course.filter { isKept($0) || $0.looks == readings }
    }

    private func isKept(_ point: Point) -> Bool {
        (point.looks - 1).isMultiple(of: stride)
    }

    /// What it comes to.
    /// - Throws: When there are not two looks, or nothing was used.
    package func measurement() throws(SizingError) -> LoadMeasurement {
        guard window > 0 else {
            throw SizingError("the load takes two looks at the counters, and time between them")
        }
        let window = window
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
        let ownPools = Dictionary(grouping: pools, by: \.key.database)
        let isSampled = used.keys.contains { loads[$0]?.isSampled == true }
        return LoadMeasurement(
            origin: origin, holder: holder(of: Array(used.keys)), window: window, readings: readings,
            arrivals: arrivals, arrivalRate: arrivals.flatMap { $0 > 0 ? $0 / window : nil },
            workingShare: workingShare(of: used, load: used.keys.reduce(0) { $0 + (loads[$1]?.value ?? 0) * window }),
            pools: used.keys.flatMap { Self.split(loads[$0]?.value ?? 0, of: $0, ownPools[$0] ?? []) }
                .sorted { ($1.load, $0.key) < ($0.load, $1.key) },
            parts: parts(sampled: isSampled), waitingShare: Double(readingsWithWaiters) / Double(readings),
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
        let count = Double(readings)
        let mean = database.inUse / count
        guard database.latest.held != nil else { return (mean, true) }
        let counted = max(0, database.held / window)
        let variance = max(0, database.inUseSquares / count - mean * mean)
        let doubt = 3 * (variance / count).squareRoot()
        guard readings >= Self.telling, mean > 1.2 * counted + doubt + 0.1 else { return (counted, false) }
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
    private static func split(
        _ load: Double, of database: String, _ own: [(key: PoolKey, value: Double)]
    ) -> [LoadMeasurement.Pool] {
        let seen = own.reduce(0) { $0 + $1.value }
        guard !own.isEmpty else { return [.init(key: PoolKey(database: database), load: load)] }
        return own.compactMap { key, inUse in
            let share = seen > 0 ? inUse / seen : 1 / Double(own.count)
            return share > 0 ? .init(key: key, load: load * share) : nil
        }
    }

    private func parts(sampled: Bool) -> [Double] {
        let count = min(Self.partCount, course.count - 1)
        let bounds = (0...count).map { course[$0 * (course.count - 1) / count] }
        return zip(bounds, bounds.dropFirst()).compactMap { from, to in
            let length = to.time - from.time
            guard length > 0 else { return nil }
            guard sampled else { return max(0, (to.held - from.held) / length) }
            return (to.inUse - from.inUse) / Double(to.looks - from.looks)
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
