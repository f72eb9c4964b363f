import Exposition
import Testing

@testable import Agent

@Suite("The saturation of the last minutes")
struct SaturationHistoryTests {
    private let pool: Labels = ["target": "a", "pooler": "pgbouncer", "database": "shop", "user": "web"]

    @Test("each slot keeps its highest value, and a slot in which nothing was known is a gap")
    func slots() {
        var history = SaturationHistory()
        history.record([pool: 0.2], at: 1_000)
        history.record([pool: 0.9], at: 1_002)
        history.record([pool: 0.4], at: 1_004.9)
        history.record([pool: 0.5], at: 1_005)
        history.record([pool: 0.6], at: 1_015)
        #expect(history.values(of: pool, at: 1_015) == [0.9, 0.5, nil, 0.6])
        #expect(history.values(of: pool, at: 1_026) == [0.9, 0.5, nil, 0.6, nil, nil], "the present is the last one")
    }

    @Test("it holds ten minutes, and forgets a pool that has not been seen for as long")
    func bounded() {
        var history = SaturationHistory()
        for second in stride(from: 0.0, to: 1_800, by: 1) { history.record([pool: second / 1_800], at: second) }
        let values = history.values(of: pool, at: 1_799)
        #expect(values.count == SaturationHistory.slots)
        #expect(values.first == 1_204.0 / 1_800 && values.last == 1_799.0 / 1_800)
        let other: Labels = ["target": "b"]
        history.record([other: 1], at: 2_390)
        #expect(!history.values(of: pool, at: 2_390).isEmpty)
        history.record([other: 1], at: 2_400)
        #expect(history.values(of: pool, at: 2_400).isEmpty)
    }

    @Test("of more pools than it can hold, those that it knows go on")
    func manyPools() {
        var history = SaturationHistory()
        for number in 0..<SaturationHistory.pools { history.record([["user": "\(number)"]: 0.5], at: 10) }
        history.record([pool: 0.5, ["user": "0"]: 0.7], at: 10)
        #expect(history.values(of: pool, at: 10).isEmpty)
        #expect(history.values(of: ["user": "0"], at: 10) == [0.7])
    }

    @Test("a clock that goes back loses nothing")
    func clock() {
        var history = SaturationHistory()
        history.record([pool: 0.2], at: 1_000)
        history.record([pool: 0.8], at: 900)
        #expect(history.values(of: pool, at: 900) == [0.8])
    }
}
