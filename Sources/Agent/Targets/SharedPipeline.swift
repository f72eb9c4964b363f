import Collectors
import Exposition
import Locking
import Observations

/// A target's pipeline between the task that feeds it and the threads that want its families.
///
/// Families are made from a copy, outside the lock: whoever makes them holds up nobody, and what the task changes
/// meanwhile is copied first.
final class SharedPipeline: Sendable {
    // Guards the pipeline. Held while an event is taken in, which only the threads of the web server wait for.
    private let pipeline: Guarded<TargetPipeline>
    private let builder: KeptBuilder

    init(_ pipeline: TargetPipeline) {
        builder = KeptBuilder(pipeline.makeBuilder())
        self.pipeline = Guarded(pipeline)
    }

    /// The pipeline as it is now. A copy that is kept makes the next event more expensive.
    var current: TargetPipeline { pipeline.withLock { $0 } }

    var stretch: Int { pipeline.withLock { $0.stretch } }
    var facts: Facts { pipeline.withLock { $0.facts } }
    var version: String { pipeline.withLock { $0.version } }
    var saturations: [Labels: Double] { pipeline.withLock { $0.saturations } }

    func pace(of source: any Source.Type) -> Int { pipeline.withLock { $0.pace(of: source) } }

    /// As `TargetPipeline.apply`.
    func apply(_ event: PipelineEvent, at time: Double) -> SourceReading? {
        pipeline.withLock { $0.apply(event, at: time) }
    }

    /// All families after the last tick.
    /// - Parameter more: Adds what is not made from events.
    func snapshot(_ more: (inout SnapshotBuilder) -> Void = { _ in }) -> Snapshot {
        let pipeline = current
        return builder.snapshot { pipeline.snapshot(into: &$0, more) }
    }
}
