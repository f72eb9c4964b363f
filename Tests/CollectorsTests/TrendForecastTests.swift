import TestSupport
import Testing

@testable import Collectors

@Suite("Forecast of exhaustion")
struct TrendForecastTests {
    /// One sample a second; the forecasts after each.
    private func forecasts(seconds: Int, limit: Double = 1_000, _ used: (Double) -> Double) -> [Double?] {
        var forecast = TrendForecast()
        return (0..<seconds).map { second in
            forecast.observe(used(Double(second)), at: 5_000 + Double(second))
            return forecast.seconds(toReach: limit)
        }
    }

    @Test(
        "linear growth: never before two minutes, then within a tenth of the truth once five connections have come",
        arguments: [1.0 / 60, 1.0 / 20, 1.0 / 5, 1, 7.5])
    func linear(perSecond: Double) throws {
        let limit = 10 + (perSecond * 1_500).rounded()
        let all = forecasts(seconds: 1_500, limit: limit) { (10 + perSecond * $0).rounded(.down) }
        #expect(all.prefix(115).allSatisfy { $0 == nil })
        let from = max(150, Int(5 / perSecond))
        for (second, forecast) in all.enumerated().dropFirst(from).prefix(1_375 - from) {
            let truth = (limit - 10) / perSecond - Double(second)
            let seconds = try #require(forecast, "at \(second) s")
            // What is counted in whole connections is known no better than the time that one takes.
            let tolerance = max(truth * 0.1, 1 / perSecond)
            try #require(abs(seconds - truth) <= tolerance, "\(seconds) for \(truth) at \(second) s")
        }
    }

    @Test("growth under noise is found, and the forecasts are right on average", arguments: 0..<5)
    func noisyGrowth(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let all = forecasts(seconds: 1_200, limit: 110) {
            20 + ($0 / 20).rounded(.down) + Double(Int.random(in: -3...3, using: &random))
        }
        let errors = all.enumerated().dropFirst(300).compactMap { second, forecast in
            forecast.map { ($0 + Double(second)) / 1_800 - 1 }
        }
        #expect(errors.count > 800, "of 900")
        #expect(abs(errors.reduce(0, +) / Double(errors.count)) < 0.1)
    }

    struct Course: Sendable, CustomTestStringConvertible {
        let name: String
        let used: @Sendable (Double) -> Double
        var testDescription: String { name }
    }

    static let courses: [Course] =
        [
            Course(name: "flat") { _ in 42 },
            Course(name: "empty") { _ in 0 },
            Course(name: "falling") { 500 - $0 / 5 },
            Course(name: "one connection more") { $0 < 200 ? 10 : 11 },
            Course(name: "one connection in ten hours") { 10 + ($0 / 36_000).rounded(.down) },
        ]
        + [10.0, 30, 60, 100].map { period in
            Course(name: "sawtooth of \(period) s") {
                20 + ($0.truncatingRemainder(dividingBy: period) * 30 / period).rounded()
            }
        }
        + [1.0, 30, 60, 100, 150, 300, 600].map { at in
            Course(name: "step after \(at) s") { $0 < at ? 20 : 60 }
        }

    @Test("what is no rising line has no forecast", arguments: courses)
    func noTrend(course: Course) {
        #expect(forecasts(seconds: 1_800, course.used).allSatisfy { $0 == nil })
    }

    @Test("noise and noisy steps have none", arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let spread = Double(seed % 7 + 1)
        let stepAt = Double(30 * seed)
        let height = seed % 2 == 0 ? 0.0 : 25
        let all = forecasts(seconds: 1_800) {
            max(0, (50 + ($0 < stepAt ? 0 : height) + Double.random(in: -spread...spread, using: &random)).rounded())
        }
        #expect(all.allSatisfy { $0 == nil })
    }

    @Test("growth that stops is no longer forecast within four minutes", arguments: [300.0, 600, 1_200])
    func stops(after: Double) {
        let all = forecasts(seconds: Int(after) + 900) { 10 + (min($0, after) / 5).rounded(.down) }
        #expect(all[Int(after) - 1] != nil)
        #expect(all[(Int(after) + 240)...].allSatisfy { $0 == nil })
    }

    @Test("what is full says 0 as long as it is, whether it grew there or always was")
    func full() {
        let grew = forecasts(seconds: 1_000, limit: 100) { min(100, ($0 / 5).rounded(.down)) }
        #expect(grew[480] != nil && grew[480]! < 60)
        #expect(grew[520...].allSatisfy { $0 == 0 })
        #expect(forecasts(seconds: 10, limit: 5) { _ in 5 }.allSatisfy { $0 == 0 })
        // A pool of one that is busy now and then is not full.
        #expect(forecasts(seconds: 600, limit: 1) { Double(Int($0) % 2) }.dropFirst(60).allSatisfy { $0 == nil })
    }

    @Test("beyond seven days there is none, and without a limit, either")
    func beyond() {
        var forecast = TrendForecast()
        for second in 0..<600 { forecast.observe(Double(second / 60), at: Double(second)) }
        #expect(forecast.seconds(toReach: 9_000) != nil)
        #expect(forecast.seconds(toReach: 11_000) == nil)
        #expect(forecast.seconds(toReach: 0) == nil)
        #expect(forecast.seconds(toReach: -1) == nil)
        #expect(TrendForecast().seconds(toReach: 10) == nil)
    }

    @Test("a short gap changes nothing, a long one and a clock set back begin anew")
    func gaps() {
        func after(_ jump: Double) -> Double? {
            var forecast = TrendForecast()
            for second in 0..<300 { forecast.observe(Double(second / 5), at: 1_000 + Double(second)) }
            forecast.observe(60 + max(0, jump) / 5, at: 1_300 + jump)
            return forecast.seconds(toReach: 1_000)
        }
        #expect(after(0) != nil && after(90) != nil)
        #expect(after(200) == nil)
        #expect(after(-1_000) == nil)
    }

    @Test("the interval does not matter: a sample every five seconds gives the same answer")
    func interval() throws {
        func forecast(every step: Int) -> Double? {
            var forecast = TrendForecast()
            for second in stride(from: 0, through: 600, by: step) {
                forecast.observe(Double(second) / 10, at: Double(second))
            }
            return forecast.seconds(toReach: 120)
        }
        let (one, five) = (try #require(forecast(every: 1)), try #require(forecast(every: 5)))
        #expect(abs(one - 600) < 30 && abs(five - 600) < 30)
    }
}
