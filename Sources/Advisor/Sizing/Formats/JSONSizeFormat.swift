import Foundation

extension SizeFormat {
    /// For programs: numbers in base units, absent where they are not known.
    static let json = SizeFormat("json") { report in
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // No number of ours is infinite; what a server counts might be anything.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        guard let data = try? encoder.encode(SizeDocument(report)) else {
            preconditionFailure("numbers, texts and lists of them can be encoded")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// What `--format json` prints: described in docs/sizing.md.
private struct SizeDocument: Encodable {
    struct Formula: Encodable {
        let cores: Int
        let spindles: Int
        let connections: Int
    }

    struct Load: Encodable {
        let source: LoadMeasurement.Origin
        let holder: LoadReading.Holder
        let windowSeconds: Double
        let readings: Int
        let arrivals: Double?
        let arrivalsPerSecond: Double?
        let serviceSeconds: Double?
        let workingShare: Double?
        let connectionsInUse: Double
        let busiestConnectionsInUse: Double?
        let waitingShare: Double
    }

    struct Pool: Encodable {
        let database: String
        let user: String
        let connections: Int
        let connectionsInUse: Double?
        let neededConnections: Int?
        let stable: Bool?
        let waitProbability: Double?
        let meanWaitSeconds: Double?
    }

    struct Step: Encodable {
        let kind: SizeStep.Kind
        let text: String
    }

    struct Confidence: Encodable {
        let level: SizeConfidence.Level
        let reasons: [String]
    }

    let poolSize: Int
    let totalConnections: Int
    let poolers: Int
    let wantedWaitProbability: Double
    let formula: Formula?
    let load: Load?
    let usableSlots: Int?
    let slotsForPools: Int?
    let pools: [Pool]
    let steps: [Step]
    let confidence: Confidence

    init(_ report: SizeReport) {
        poolSize = report.connections
        totalConnections = report.total
        poolers = report.request.poolers
        wantedWaitProbability = report.request.waitProbability
        formula = report.request.formula.map {
            Formula(cores: $0.cores, spindles: $0.spindles, connections: $0.connections)
        }
        load = report.measurement.map(Load.init)
        usableSlots = report.slots?.usable
        slotsForPools = report.slots?.forPools
        let serviceTime = report.measurement?.serviceTime
        pools = report.pools.map { Pool($0, serviceTime: serviceTime) }
        steps = report.steps.map { Step(kind: $0.kind, text: $0.text) }
        confidence = Confidence(level: report.confidence.level, reasons: report.confidence.reasons)
    }
}

extension SizeDocument.Load {
    init(_ load: LoadMeasurement) {
        self.init(
            source: load.origin, holder: load.holder, windowSeconds: load.window, readings: load.readings,
            arrivals: load.arrivals, arrivalsPerSecond: load.arrivalRate, serviceSeconds: load.serviceTime,
            workingShare: load.workingShare, connectionsInUse: load.load, busiestConnectionsInUse: load.busiest,
            waitingShare: load.waitingShare)
    }
}

extension SizeDocument.Pool {
    init(_ pool: PoolSize, serviceTime: Double?) {
        let line = pool.line.flatMap { $0.isStable ? $0 : nil }
        self.init(
            database: pool.key.database, user: pool.key.user, connections: pool.connections,
            connectionsInUse: pool.line?.load, neededConnections: pool.needed?.connections,
            stable: pool.line?.isStable, waitProbability: pool.line?.waitProbability,
            meanWaitSeconds: line.flatMap { line in serviceTime.map { line.meanWait(serviceTime: $0) } })
    }
}
