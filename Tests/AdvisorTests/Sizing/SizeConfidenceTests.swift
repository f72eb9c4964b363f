import Testing

@testable import Advisor

@Suite("How far a size can be trusted")
struct SizeConfidenceTests {
    private func load(
        window: Double = 600, arrivals: Double? = 50_000, parts: [Double] = [5, 5.1, 4.9, 5, 5.1, 4.9],
        waiting: Double = 0, sampled: Bool = false, resets: Int = 0, origin: LoadMeasurement.Origin = .pgbouncer,
        holder: LoadReading.Holder = .transaction
    ) -> LoadMeasurement {
        LoadMeasurement(
            origin: origin, holder: holder, window: window, readings: 300, arrivals: arrivals,
            arrivalRate: arrivals.map { $0 / window }, workingShare: 1,
            pools: [.init(key: PoolKey(database: "shop"), load: 5)], parts: parts, waitingShare: waiting,
            isSampled: sampled, resets: resets)
    }

    @Test("a long, steady look at many transactions is good")
    func high() {
        let confidence = SizeConfidence(of: load())
        #expect(confidence.level == .high)
        #expect(confidence.reasons.isEmpty)
    }

    @Test("what lowers it is said")
    func lowered() {
        func expect(_ load: LoadMeasurement, _ level: SizeConfidence.Level, _ words: String) {
            let confidence = SizeConfidence(of: load)
            #expect(confidence.level == level)
            #expect(confidence.reasons.contains { $0.contains(words) }, "\(confidence.reasons)")
        }
        expect(load(window: 5), .low, "only 5 s were watched")
        expect(load(window: 30), .medium, "30 s were watched")
        expect(load(arrivals: 37), .low, "only 37 transactions")
        expect(load(arrivals: 500), .medium, "500 transactions are not many")
        expect(load(parts: [1, 9, 1, 9, 1, 9]), .low, "differed")
        expect(load(parts: [3, 6, 4, 7, 4, 6]), .medium, "differed")
        expect(load(parts: [5]), .low, "too few looks")
        expect(load(waiting: 0.5), .low, "clients waited at 50 % of the looks")
        expect(load(resets: 2), .low, "the counters of 2 databases began anew")
        expect(load(sampled: true), .medium, "300 looks saw in use")
        expect(load(sampled: true, holder: .session), .medium, "session mode")
        expect(load(origin: .postgres), .medium, "everybody")
        #expect(SizeConfidence.ofFormula.level == .low)
    }

    @Test("several reasons are all said, and the worst counts")
    func several() {
        let confidence = SizeConfidence(of: load(window: 30, arrivals: 20))
        #expect(confidence.level == .low)
        #expect(confidence.reasons.count == 2)
    }
}
