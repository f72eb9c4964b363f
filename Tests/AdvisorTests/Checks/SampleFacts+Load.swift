import Observations

@testable import Advisor

extension SampleFacts {
    /// A load of the good pooler's only pool: five minutes in which `inUse` connections were at work, with nothing that
    /// lowers its confidence.
    static func load(
        inUse: Double, window: Double = 300, arrivals: Double = 30_000, workingShare: Double? = 1, waiting: Double = 0,
        resets: Int = 0, parts: [Double]? = nil, database: String = "shop", user: String = "web",
        origin: LoadMeasurement.Origin = .pgbouncer
    ) -> Known<LoadMeasurement> {
        .known(
            LoadMeasurement(
                origin: origin, holder: .transaction, window: window, readings: Int(window), arrivals: arrivals,
                arrivalRate: arrivals / window, workingShare: workingShare,
                pools: [.init(key: PoolKey(database: database, user: user), load: inUse)],
                parts: parts ?? Array(repeating: inUse, count: 6), waitingShare: waiting, isSampled: false,
                resets: resets))
    }
}

extension Finding {
    /// The word of one piece of evidence.
    func word(_ name: String) -> String? {
        for each in evidence where each.name == name {
            if case .text(let text) = each.value { return text }
        }
        return nil
    }
}
