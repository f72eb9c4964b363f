/// A load that was watched for long enough to judge the size of pools by it.
struct MeasuredLoad {
    /// In seconds.
    static let leastWindow = 30.0
    static let leastArrivals = 100.0
    /// Looks, where nobody counts arrivals.
    static let leastReadings = 20
    /// The share of arrivals that may wait for a connection: what poolscope size plans for.
    static let waitProbability = SizeRequest.defaultWaitProbability

    let load: LoadMeasurement
    let confidence: SizeConfidence

    /// - Throws: `MissingFact` when there is none, or it says too little.
    init(_ known: Known<LoadMeasurement>) throws(MissingFact) {
        let load = try known.get()
        let window = CheckText.seconds(load.window)
        guard load.window >= Self.leastWindow else {
            throw MissingFact(
                "the load was watched for \(window) only; from \(CheckText.seconds(Self.leastWindow)) on it counts "
                    + "(--watch 60s)")
        }
        guard load.resets == 0 else { throw MissingFact("counters of the load began anew while it was measured") }
        let noun = load.holder.rawValue
        if let arrivals = load.arrivals, arrivals < Self.leastArrivals {
            throw MissingFact("\(CheckText.count(arrivals, noun)) in \(window) are too few to tell a load by")
        }
        guard load.arrivals != nil || load.readings >= Self.leastReadings else {
            throw MissingFact("\(CheckText.count(load.readings, "look")) in \(window) are too few to tell a load by")
        }
        self.load = load
        confidence = SizeConfidence(of: load)
    }

    /// `measured over 5 min (confidence medium)`
    var origin: String {
        "measured over \(CheckText.seconds(load.window)) (confidence \(confidence.level.rawValue))"
    }

    /// `95 transactions a second, each for 20 ms: 1.9 connections in use`
    var sentence: String {
        let inUse = "\(SizeText.number(load.load)) connections in use on average"
        guard let rate = load.arrivalRate, let time = load.serviceTime else { return inUse }
        return
            "\(SizeText.number(rate)) \(load.holder.rawValue)s a second, each for \(SizeText.duration(time)): \(inUse)"
    }

    var evidence: [Evidence] {
        var evidence = [
            Evidence("load_window", load.window, .seconds),
            Evidence("load_confidence", text: confidence.level.rawValue),
            Evidence("connections_in_use", load.load),
        ]
        if let rate = load.arrivalRate { evidence.append(Evidence("arrival_rate", rate, .perSecond)) }
        if let time = load.serviceTime { evidence.append(Evidence("service_time", time, .seconds)) }
        if let share = load.workingShare { evidence.append(Evidence("working_share", share, .ratio)) }
        return evidence
    }

    /// The fewest connections with which few enough of a pool's clients wait, at least `SizeRequest.leastPool`; nil for
    /// a pool that nobody used.
    func need(of key: PoolKey) -> Double? {
        load.pools.first { $0.key == key }.flatMap(Self.need)
    }

    /// Of all pools together.
    var need: Double { load.pools.compactMap(Self.need).reduce(0, +) }

    private static func need(of pool: LoadMeasurement.Pool) -> Double? {
        guard let line = try? WaitingLine.smallest(load: max(pool.load, 1e-9), waitProbability: waitProbability) else {
            return nil
        }
        return Double(max(line.connections, SizeRequest.leastPool))
    }

    /// Connections that keep a machine as busy as it can be, where each is at work for a part of the time only in which
    /// it is held.
    func ceiling(_ formula: SizingFormula) -> Double {
        Double(Sizing.ceiling(formula, workingShare: load.workingShare))
    }
}
