import Advisor

/// How often facts are gathered and checks evaluated, and what checks must know of the configuration.
struct AdviceRules: Sendable {
    /// Sessions are looked at, and facts are told to the cluster, at most this often, in seconds: to follow each of
    /// thousands is not for nothing.
    var pause = 10.0
    /// Checks are evaluated so many seconds after the first tick, and then every `period`; nil: never.
    var first: Double? = 30
    var period = 60.0
    var snoozes: [CheckSnooze] = []
    /// Of the target's host.
    var memoryBytes: Double?

    /// Who asks the agent for its metrics; nil where nobody can.
    var scrapes: ScrapeLog?

    /// Whether it goes on for as long as the agent does.
    var isEndless: Bool { first != nil }

    /// For a look that lasts as long as it is asked to, and is evaluated by who asked.
    static let look = AdviceRules(pause: 0, first: nil)
}
