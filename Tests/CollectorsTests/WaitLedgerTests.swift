import TestSupport
import Testing

@testable import Collectors

@Suite("Wait ledger")
struct WaitLedgerTests {
    private func wait(
        _ shortest: Double, _ longest: Double, _ end: EndedWait.End = .served, user: String = "web"
    ) -> EndedWait {
        EndedWait(database: "app", user: user, shortest: shortest, longest: longest, end: end)
    }

    private func ledger(_ seconds: Double, _ count: Double, _ basis: WaitCountBasis = .assignments) -> WaitLedger {
        var ledger = WaitLedger()
        ledger.grow(WaitGrowth(seconds: seconds, count: count, basis: basis))
        return ledger
    }

    private func settle(
        _ ledger: inout WaitLedger, _ ended: EndedWait..., begun: Int = 0, timeout: Double? = nil
    ) -> WaitLedger.Settlement {
        ledger.settle(ended, begun: begun, elapsed: 1, timeout: timeout)
    }

    @Test("where all waits were followed, they are moved to where the time says")
    func exact() {
        var ledger = ledger(5.25, 2)
        let settlement = settle(&ledger, wait(2, 3), wait(2, 3))
        #expect(settlement.waits == [.init(seconds: 2.625, times: 1), .init(seconds: 2.625, times: 1)])
        #expect(ledger.seconds == 0)
        #expect(ledger.count == 0)
    }

    @Test("estimates that are too long do not make those that are gone seem to have given up")
    func goneBesideEstimates() {
        var ledger = ledger(0.15, 6)
        let brief = wait(0.02, 1.02)
        let gone = wait(0.02, 1.02, .gone)
        let first = settle(&ledger, brief, brief, brief, brief, gone, gone)
        let second = settle(&ledger)
        #expect(first.abandoned.isEmpty && second.abandoned.isEmpty)
        #expect(first.waits.count == 4 && second.waits.count == 2)
        #expect(abs((first.waits + second.waits).reduce(0) { $0 + $1.seconds } - 0.15) < 1e-9)
        #expect(abs(ledger.seconds) < 1e-9 && ledger.count == 0)
    }

    @Test("waits that were not seen are as many as the count leaves, at the mean of the time that is left")
    func mean() {
        var ledger = ledger(3, 11)
        #expect(
            settle(&ledger, wait(2, 3)).waits == [.init(seconds: 2.5, times: 1), .init(seconds: 0.05, times: 10)])
    }

    @Test("a wait caught in passing is one of those that were not seen, unless the mean is out of its bounds")
    func passing() {
        var alike = ledger(2.2, 11)
        #expect(settle(&alike, wait(0.1, 1.1)).waits == [.init(seconds: 2.2 / 11, times: 11)])
        var long = ledger(0.7, 11)
        let waits = settle(&long, wait(0.3, 1.3)).waits
        #expect(waits.map(\.times) == [1, 10])
        #expect(waits[0].seconds == 0.6)
        #expect(abs(waits[1].seconds - 0.01) < 1e-9)
    }

    @Test("assignments without a wait are waits of 0")
    func zero() {
        var ledger = ledger(0, 100)
        #expect(settle(&ledger).waits == [.init(seconds: 0, times: 100)])
    }

    @Test("a client served between the two reads of a tick is a debt, which the next read pays")
    func debt() {
        var ledger = ledger(0, 0)
        #expect(settle(&ledger, wait(2, 3)).waits == [.init(seconds: 2, times: 1)])
        ledger.grow(WaitGrowth(seconds: 2.5, count: 1, basis: .assignments))
        #expect(settle(&ledger).waits.isEmpty)
        #expect(ledger.seconds == 0.5, "half a second is to be placed")
        ledger.grow(WaitGrowth(seconds: 0, count: 5, basis: .assignments))
        #expect(settle(&ledger).waits == [.init(seconds: 0.1, times: 5)])
        #expect(ledger.seconds == 0)
    }

    @Test("a transaction counts when its wait begins, so the ones that still wait are no waits yet")
    func transactions() {
        var ledger = ledger(0, 3, .transactions)
        #expect(settle(&ledger, begun: 2).waits == [.init(seconds: 0, times: 1)])
        ledger.grow(WaitGrowth(seconds: 4.5, count: 0, basis: .transactions))
        #expect(settle(&ledger, wait(2, 3), wait(1.5, 2.5)).waits.map(\.times) == [1, 1])
        #expect(ledger.seconds == 0)
        #expect(ledger.count == 0)
    }

    @Test("where no count is known, the fewest waits that explain the time are added")
    func unknown() {
        var ledger = ledger(5, 0, .unknown)
        #expect(
            settle(&ledger, wait(2, 3)).waits == [.init(seconds: 2.5, times: 1), .init(seconds: 2.5 / 3, times: 3)])
        #expect(settle(&ledger).waits.isEmpty)
    }

    @Test("one that is gone was served if the counter grew by its wait, at the latest by the next read")
    func goneServed() {
        var ledger = ledger(0, 0)
        #expect(settle(&ledger, wait(2, 3, .gone)).waits.isEmpty)
        ledger.grow(WaitGrowth(seconds: 2.75, count: 1, basis: .assignments))
        let settlement = settle(&ledger)
        #expect(settlement.waits == [.init(seconds: 2.75, times: 1)])
        #expect(settlement.abandoned.isEmpty)
    }

    @Test("what may be the wait of one that is gone is not spread over others meanwhile")
    func setAside() {
        var ledger = ledger(2.5, 1)
        #expect(settle(&ledger, wait(2, 3, .gone)).waits.isEmpty)
        #expect(settle(&ledger).waits == [.init(seconds: 2.5, times: 1)])
    }

    @Test("one that is gone without growth of the counter gave up")
    func gaveUp() {
        var ledger = ledger(0, 0)
        #expect(settle(&ledger, wait(2, 3, .gone)).abandoned.isEmpty, "not yet known")
        let settlement = settle(&ledger)
        #expect(settlement.abandoned == ["web": 1])
        #expect(settlement.waits.isEmpty)
    }

    @Test("growth that clients seen to be served explain is not that of one that is gone")
    func explained() {
        var ledger = ledger(0, 0)
        _ = settle(&ledger, wait(2, 3, .gone))
        ledger.grow(WaitGrowth(seconds: 3.5, count: 1, basis: .assignments))
        let settlement = settle(&ledger, wait(3, 4))
        #expect(settlement.abandoned == ["web": 1])
        #expect(settlement.waits == [.init(seconds: 3.5, times: 1)])
    }

    @Test("who had waited for query_wait_timeout was cut off, and who left out of turn was not served")
    func cutOff() {
        var ledger = ledger(100, 10)
        let settlement = settle(
            &ledger, wait(5.1, 6, .gone, user: "a"), wait(1, 2, .notServed, user: "b"), timeout: 5)
        #expect(settlement.abandoned == ["a": 1, "b": 1])
    }

    @Test("of several that are gone the longest waits are served first")
    func several() {
        var ledger = ledger(0, 0)
        _ = settle(&ledger, wait(1, 2, .gone, user: "late"), wait(4, 5, .gone, user: "early"))
        ledger.grow(WaitGrowth(seconds: 4.5, count: 1, basis: .assignments))
        #expect(settle(&ledger).abandoned == ["late": 1])
    }

    @Test("many that were served at one moment and left are all served, however soon after the last read that was")
    func servedAtOnce() {
        var ledger = ledger(0, 0)
        _ = ledger.settle(
            (0..<10).map { _ in wait(4, 5, .gone) }, begun: 0, elapsed: 1, timeout: 30)
        ledger.grow(WaitGrowth(seconds: 41, count: 10, basis: .assignments))
        let settlement = settle(&ledger)
        #expect(settlement.abandoned.isEmpty)
        #expect(settlement.waits.count == 10)
        #expect(settlement.waits.allSatisfy { abs($0.seconds - 4.1) < 1e-9 })
    }

    @Test("whatever comes, no wait is negative or no number, and all time is either placed or on the account")
    func property() {
        for seed in 0..<200 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            var ledger = WaitLedger()
            var given = 0.0
            var placed = 0.0
            let basis = [WaitCountBasis.assignments, .transactions, .unknown].randomElement(using: &random)!
            for _ in 0..<50 {
                let seconds = Bool.random(using: &random) ? 0 : Double.random(in: 0...20, using: &random)
                let count = Double(Int.random(in: 0...50, using: &random))
                ledger.grow(WaitGrowth(seconds: seconds, count: basis == .unknown ? 0 : count, basis: basis))
                given += seconds
                let ended = (0..<Int.random(in: 0...5, using: &random)).map { _ in
                    let shortest = Double.random(in: 0...6, using: &random)
                    let end = [EndedWait.End.served, .gone, .notServed].randomElement(using: &random)!
                    return wait(shortest, shortest + Double.random(in: 0...1, using: &random), end)
                }
                let settlement = ledger.settle(
                    ended, begun: Int.random(in: 0...5, using: &random),
                    elapsed: Double.random(in: 0...2, using: &random), timeout: 5)
                #expect(settlement.waits.allSatisfy { $0.seconds >= 0 && $0.seconds.isFinite && $0.times > 0 })
                placed += settlement.waits.reduce(0) { $0 + $1.seconds * Double($1.times) }
                #expect(abs(placed + ledger.seconds - given) < 1e-6)
            }
        }
    }

    @Test("20,000 waits that end at once are settled in a fraction of the interval")
    func cost() {
        let waits = (0..<20_000).map { wait(Double($0) / 100_000, 1 + Double($0) / 100_000) }
        var ledger = ledger(500, 40_000)
        let seconds = ContinuousClock().measure {
            let settlement = ledger.settle(waits, begun: 0, elapsed: 1, timeout: 30)
            #expect(settlement.waits.reduce(0) { $0 + $1.times } == 40_000)
        }
        print("wait ledger: 20,000 ended waits in \(seconds)")
        #expect(seconds < .seconds(5), "unoptimised, on a busy machine")
    }
}
