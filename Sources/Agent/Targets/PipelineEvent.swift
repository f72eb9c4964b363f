import Collectors
import Observations

/// One thing that happened to a target: all that its metrics are made from, in the order in which it happened.
///
/// The live sampler produces these, a recording stores them, and a replay feeds them to a pipeline again.
enum PipelineEvent: Sendable {
    /// A session was opened: the version for people, and libpq's number of it (0 for PgBouncer).
    case opened(version: String)
    /// The session is gone, and with it what was known.
    case lost
    /// The target had no connection for us, and said which limit is full. Follows `lost`.
    case refused(Refusal)
    /// Ticks that did not take place.
    case skipped(ticks: Int)
    case tickBegan
    case answered(SourceAnswer)
    /// A source that was due had nothing to ask.
    case omitted(any Source.Type)
    /// The tick's reads are done. `seconds` is how long they took.
    case tickEnded(TargetState, seconds: Double)
}

/// An event with its target and the agent's wall clock, in seconds since 1970.
struct TimedEvent: Sendable {
    let target: Int
    let time: Double
    let event: PipelineEvent
}

/// Sees every event of every target, before its pipeline does.
protocol SampleTap: Sendable {
    func record(_ event: TimedEvent)
}
