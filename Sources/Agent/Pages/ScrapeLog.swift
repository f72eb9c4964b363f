import Advisor
import Locking

/// When somebody asked this agent for `/metrics`: what it knows by itself of whether it is monitored.
final class ScrapeLog: Sendable {
    /// Seconds in which a Prometheus asks at least twice: with longer pauses its series would have gaps.
    static let window = 300.0

    // Guards the times of the last two answers, the later one last.
    private let times = Guarded<[Double]>([])
    private let startedAt: Double

    /// - Parameter time: the agent's wall clock.
    init(startedAt time: Double) {
        startedAt = time
    }

    /// Takes note of an answer.
    func note(at time: Double) {
        times.withLock { times in
            times.append(time)
            if times.count > 2 { times.removeFirst() }
        }
    }

    /// What that says: one look is a person's, two within the window are somebody who watches.
    func facts(at time: Double) -> Known<MonitoringFacts> {
        let times = times.withLock { $0 }
        let isScraped = times.count == 2 && times.allSatisfy { time - $0 <= Self.window }
        let age = time - startedAt
        guard isScraped || age >= Self.window else {
            return .unknown(
                why: "this agent has run for \(CheckText.seconds(age)) only: whether somebody asks it for metrics is "
                    + "known after \(CheckText.seconds(Self.window))")
        }
        return .known(MonitoringFacts(isScraped: isScraped, source: .agent))
    }
}
