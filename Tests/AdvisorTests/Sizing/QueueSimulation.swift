import Foundation
import TestSupport

/// A discrete-event simulation of clients that come at random and hold one of a pool's connections each: what the model
/// claims, by counting instead of formulas.
struct QueueSimulation {
    let arrivalRate: Double
    let serviceTime: Double
    let connections: Int

    struct Outcome {
        let arrivals: Int
        let waited: Int
        let totalWait: Double
        /// Of the share that waited: from shares of consecutive blocks, since waits come in bursts.
        let standardError: Double

        var waitedShare: Double { Double(waited) / Double(arrivals) }
        var meanWait: Double { totalWait / Double(arrivals) }
    }

    /// - Parameters:
    ///   - blocks: Of so many arrivals each; a first one, while the pool fills, does not count.
    func run(blocks: Int = 60, of size: Int = 3_000, seed: UInt64) -> Outcome {
        var random = SeededRandom(seed: seed)
        func exponential(_ mean: Double) -> Double { -mean * log(1 - Double.random(in: 0..<1, using: &random)) }
        var freeAt = [Double](repeating: 0, count: connections)
        var now = 0.0
        var shares: [Double] = []
        var (waited, totalWait) = (0, 0.0)
        for block in 0...blocks {
            var waitedHere = 0
            for _ in 0..<size {
                now += exponential(1 / arrivalRate)
                // First come, first served: the next connection to become free is this client's.
                let next = freeAt.indices.min { freeAt[$0] < freeAt[$1] } ?? 0
                let start = max(now, freeAt[next])
                freeAt[next] = start + exponential(serviceTime)
                guard block > 0, start > now else { continue }
                waitedHere += 1
                totalWait += start - now
            }
            guard block > 0 else { continue }
            waited += waitedHere
            shares.append(Double(waitedHere) / Double(size))
        }
        let mean = shares.reduce(0, +) / Double(blocks)
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(blocks - 1)
        return Outcome(
            arrivals: blocks * size, waited: waited, totalWait: totalWait,
            standardError: (variance / Double(blocks)).squareRoot())
    }
}
