import Testing

@testable import Advisor

@Suite("Sizes against a simulated pool")
struct SizeSimulationTests {
    struct Case: Sendable, CustomStringConvertible {
        let rate: Double
        let time: Double
        let wanted: Double
        var description: String { "\(rate)/s, \(time) s each, \(wanted) may wait" }
    }

    private static let cases = [
        Case(rate: 20, time: 0.05, wanted: 0.05), Case(rate: 400, time: 0.012, wanted: 0.05),
        Case(rate: 400, time: 0.012, wanted: 0.2), Case(rate: 1_000, time: 0.008, wanted: 0.01),
        Case(rate: 50, time: 0.4, wanted: 0.05),
    ]

    @Test("the recommended size meets the wanted share, and one less does not", arguments: cases)
    func recommended(load: Case) throws {
        let report = try Sizing.report(
            SizeRequest(waitProbability: load.wanted),
            measurement: .given(arrivalRate: load.rate, serviceTime: load.time))
        let simulation = QueueSimulation(
            arrivalRate: load.rate, serviceTime: load.time, connections: report.connections
        ).run(seed: 1)
        let smaller = QueueSimulation(
            arrivalRate: load.rate, serviceTime: load.time, connections: report.connections - 1
        ).run(seed: 2)
        let least = try #require(report.pools.first?.needed)
        #expect(least.connections == report.connections)
        #expect(simulation.waitedShare <= load.wanted + 3 * simulation.standardError)
        #expect(smaller.waitedShare > load.wanted - 3 * smaller.standardError)
        #expect(smaller.waitedShare > simulation.waitedShare)
        // Not only the side of the limit: the number itself.
        let line = try #require(report.pools.first?.line)
        #expect(abs(simulation.waitedShare - line.waitProbability) < 4 * simulation.standardError)
        let wait = line.meanWait(serviceTime: load.time)
        #expect(abs(simulation.meanWait - wait) < 0.25 * wait)
    }
}
