import Exposition
import Observations

/// Turns the facts of one target into metric families. A pure value: it does no I/O and asks no clock.
package protocol Collector: Sendable {
    static var kind: TargetKind { get }
    /// Every family that it may emit.
    static var families: [FamilyDescriptor] { get }
    /// What it reads.
    static var sources: [any Source.Type] { get }

    init(target: TargetProfile)
    /// Takes in the facts of a tick at which the target was read.
    mutating func observe(_ facts: Facts)
    /// Takes in a tick at which the target could not be read.
    mutating func miss(_ state: TargetState)
    /// The same, for those that make a difference of which limit was full when the target turned us away; nil when it
    /// is away for another reason, or did not say.
    mutating func miss(_ state: TargetState, refusal: Refusal?)
    /// Publishes. Called after `observe` or `miss`; the builder leaves out what describes the moment when the target is not up.
    func emit(into builder: inout SnapshotBuilder)
    /// How full its pools are: what it emits as `poolscope_pool_saturation_ratio`, for whoever wants nothing else.
    var saturations: [Labels: Double] { get }
}

extension Collector {
    package var saturations: [Labels: Double] { [:] }

    package mutating func miss(_ state: TargetState) {}
    package mutating func miss(_ state: TargetState, refusal: Refusal?) { miss(state) }
}
