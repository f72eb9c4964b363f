import TestSupport
import Testing

@testable import Advisor

@Suite("The queue before a pool")
struct WaitingLineTests {
    /// Exact fractions of Erlang's sums, and among them the textbooks' 1/3, 4/9 and 0.409.
    private static let table: [(connections: Int, load: Double, waits: Double, blocked: Double)] = [
        (1, 0.5, 0.5, 1 / 3), (2, 1, 1 / 3, 0.2), (3, 2, 4 / 9, 0.210_526_315_789),
        (4, 0.1, 3.866_826e-6, 3.770_156e-6),
        (5, 4, 0.554_112_554_113, 0.199_066_874_028), (7, 5, 0.324_149_949_173, 0.120_518_635_073),
        (10, 8, 0.409_180_150_796, 0.121_661_064_253), (10, 9.5, 0.825_585_578_126, 0.191_379_158_302),
        (12, 10, 0.449_388_224_298, 0.119_739_188_445), (20, 15, 0.160_429_387_417, 0.045_593_215_590),
        (50, 40, 0.086_952_549_527, 0.018_690_671_110), (100, 95, 0.506_456_853_913, 0.048_804_206_179),
        (200, 180, 0.094_471_218_178, 0.010_324_995_205),
    ]

    @Test("the shares that wait and that are turned away are Erlang's", arguments: table)
    func erlang(row: (connections: Int, load: Double, waits: Double, blocked: Double)) throws {
        let line = try WaitingLine(load: row.load, connections: row.connections)
        #expect(abs(line.waitProbability / row.waits - 1) < 1e-6)
        #expect(abs(line.blocked / row.blocked - 1) < 1e-6)
    }

    @Test("one connection is the M/M/1 queue: the mean wait is ρ/(1−ρ) service times")
    func single() throws {
        for load in [0.1, 0.5, 0.9, 0.99] {
            let line = try WaitingLine(load: load, connections: 1)
            #expect(abs(line.waitProbability - load) < 1e-12)
            #expect(abs(line.meanWait(serviceTime: 2) - 2 * load / (1 - load)) < 1e-9)
        }
    }

    @Test("the wait that a share exceeds is where the tail has that share")
    func tail() throws {
        let line = try WaitingLine(load: 8, connections: 10)
        let wait = line.waitExceeded(by: 0.01, serviceTime: 0.1)
        // P(W > t) = C e^(−(c − a) t / s), solved by hand for t.
        #expect(abs(wait - 0.185_578) < 1e-5)
        #expect(line.waitExceeded(by: 0.5, serviceTime: 0.1) == 0)
    }

    @Test("with a load of as many connections as there are, everybody waits without end")
    func unstable() throws {
        for connections in [1, 4, 5] {
            let line = try WaitingLine(load: 5, connections: connections)
            #expect(!line.isStable)
            #expect(line.waitProbability == 1)
            #expect(line.utilization == 1)
            #expect(line.meanWait(serviceTime: 1) == .infinity)
        }
    }

    @Test("more connections never make more wait, more load never fewer, and no number leaves 0…1")
    func monotone() throws {
        var random = SeededRandom(seed: 7)
        for _ in 0..<200 {
            let load = Double.random(in: 0.001...400, using: &random)
            let connections = Int.random(in: 1...500, using: &random)
            let line = try WaitingLine(load: load, connections: connections)
            let larger = try WaitingLine(load: load, connections: connections + 1)
            let busier = try WaitingLine(load: load * 1.1, connections: connections)
            #expect((0...1).contains(line.waitProbability))
            #expect(line.blocked <= line.waitProbability, "who would be turned away waits")
            #expect(larger.waitProbability <= line.waitProbability)
            #expect(busier.waitProbability >= line.waitProbability)
        }
    }

    @Test("the smallest pool meets the wanted share, and one less does not")
    func smallest() throws {
        var random = SeededRandom(seed: 11)
        for _ in 0..<200 {
            let load = Double.random(in: 0.001...300, using: &random)
            let wanted = [0.5, 0.2, 0.05, 0.01, 0.001].randomElement(using: &random) ?? 0.05
            let line = try WaitingLine.smallest(load: load, waitProbability: wanted)
            #expect(line.waitProbability <= wanted)
            guard line.connections > 1 else { continue }
            #expect(try WaitingLine(load: load, connections: line.connections - 1).waitProbability > wanted)
        }
    }

    @Test("the largest load and the least probability are calculated without overflow")
    func limits() throws {
        let line = try WaitingLine.smallest(
            load: WaitingLine.loadLimit, waitProbability: WaitingLine.probabilityBounds.lowerBound)
        #expect(line.connections < WaitingLine.connectionLimit)
        #expect(line.waitProbability <= 1e-6 && line.waitProbability > 0)
    }

    @Test(
        "a load that is none gets a sentence",
        arguments: [
            (0, "nothing uses the pool"), (-1, "nothing uses the pool"), (.nan, "nothing uses the pool"),
            (.infinity, "nothing uses the pool"), (10_001, "beyond 10000"), (1e300, "beyond 10000"),
        ] as [(Double, String)])
    func badLoad(load: Double, words: String) {
        let error = #expect(throws: SizingError.self) {
            try WaitingLine.smallest(load: load, waitProbability: 0.05)
        }
        #expect(error?.description.contains(words) == true)
        #expect(throws: SizingError.self) { try WaitingLine(load: load, connections: 5) }
    }

    @Test("a probability or a number of connections out of bounds gets a sentence")
    func badBounds() {
        for probability in [0, 1, -0.1, .nan, .infinity] {
            #expect(throws: SizingError.self) { try WaitingLine.smallest(load: 1, waitProbability: probability) }
        }
        for connections in [0, -1, WaitingLine.connectionLimit + 1, .max] {
            #expect(throws: SizingError.self) { try WaitingLine(load: 1, connections: connections) }
        }
    }
}
