import TestSupport
import Testing

@testable import Advisor

@Suite("Sizes")
struct SizingTests {
    private func formula(_ cores: Int, _ spindles: Int? = nil) throws -> SizingFormula {
        try SizingFormula(cores: cores, spindles: spindles)
    }

    @Test("cores × 2 + effective spindles; an SSD is 1, and assumed")
    func formula() throws {
        #expect(try formula(4).connections == 9)
        #expect(try formula(4, 0).connections == 8)
        #expect(try formula(16, 4).connections == 36)
        #expect(try formula(4).assumesSpindles && !formula(4, 1).assumesSpindles)
        for (cores, spindles) in [(0, 1), (-1, 1), (10_001, 1), (4, -1), (4, 10_001)] {
            #expect(throws: SizingError.self) { try formula(cores, spindles) }
        }
    }

    @Test("the formula's connections are divided over poolers and pools, and no pool has none")
    func division() throws {
        let four = try formula(4)
        #expect(try Sizing.report(SizeRequest(formula: four)).connections == 9)
        #expect(try Sizing.report(SizeRequest(formula: four, poolers: 2)).connections == 4)
        let many = try Sizing.report(SizeRequest(formula: four, poolers: 2, pools: 3))
        #expect(many.connections == 1 && many.total == 6)
        let tooMany = try Sizing.report(SizeRequest(formula: four, poolers: 2, pools: 30))
        #expect(tooMany.connections == 1 && tooMany.total == 60)
        #expect(tooMany.steps.contains { $0.text.contains("30 pools have one connection each and exceed that") })
    }

    @Test("the server's slots limit the size, less some for others, divided over poolers")
    func slots() throws {
        let load = try LoadMeasurement.given(arrivalRate: 1_000, serviceTime: 0.05)
        #expect(try Sizing.report(SizeRequest(), measurement: load, slots: SlotBudget(usable: 97)).connections == 64)
        let two = try Sizing.report(SizeRequest(poolers: 2), measurement: load, slots: SlotBudget(usable: 57))
        #expect(two.share == 23)
        #expect(two.connections == 23)
        #expect(two.pools.first?.line?.isStable == false)
        #expect(two.steps.contains { $0.text.contains("grows without end") })
        #expect(SlotBudget(usable: 8).forPools == 4, "a small server leaves half")
        #expect(SlotBudget(usable: 0).forPools == 0)
    }

    @Test("reserved slots are not usable, those of PostgreSQL 16 included")
    func usable() {
        #expect(
            SlotBudget(settings: [
                "max_connections": 100, "superuser_reserved_connections": 3, "reserved_connections": 5,
            ])?.usable == 92)
        #expect(SlotBudget(settings: ["max_connections": 3, "superuser_reserved_connections": 5])?.usable == 0)
        #expect(SlotBudget(settings: [:]) == nil)
    }

    @Test("where clients hold connections idle, more of them keep the server as busy")
    func workingShare() throws {
        #expect(Sizing.ceiling(try formula(4), workingShare: nil) == 9)
        #expect(Sizing.ceiling(try formula(4), workingShare: 1) == 9)
        #expect(Sizing.ceiling(try formula(4), workingShare: 0.3) == 30)
    }

    @Test("a load that is next to nothing still gets a pool of two")
    func least() throws {
        let load = try LoadMeasurement.given(arrivalRate: 1, serviceTime: 0.001)
        let report = try Sizing.report(SizeRequest(), measurement: load)
        #expect(report.connections == 2)
        #expect(report.pools.first?.needed?.connections == 1)
    }

    @Test("nothing to go by, and a load without end, get a sentence")
    func nothing() {
        let error = #expect(throws: SizingError.self) { try Sizing.report(SizeRequest()) }
        #expect(error?.description.contains("--cores") == true)
        #expect(throws: SizingError.self) { try LoadMeasurement.given(arrivalRate: 1e6, serviceTime: 60) }
        for (rate, time) in [(.nan, 1), (1, .nan), (0, 1), (1, 0), (.infinity, 1)] as [(Double, Double)] {
            #expect(throws: SizingError.self) { try LoadMeasurement.given(arrivalRate: rate, serviceTime: time) }
        }
    }

    @Test("sizes that are made to fit stay within the limit, above zero, and none grows")
    func fit() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            let sizes = (0..<Int.random(in: 1...20, using: &random)).map { _ in Int.random(in: 1...60, using: &random) }
            let limit = Int.random(in: 1...300, using: &random)
            let fitted = Sizing.fit(sizes, within: limit)
            let sum = fitted.reduce(0, +)
            #expect(fitted.allSatisfy { $0 >= 1 })
            #expect(zip(fitted, sizes).allSatisfy { $0 <= $1 })
            #expect(sum == min(sizes.reduce(0, +), max(limit, sizes.count)), "\(sizes) in \(limit): \(fitted)")
        }
        #expect(Sizing.fit([3, 9], within: nil) == [3, 9])
    }
}
