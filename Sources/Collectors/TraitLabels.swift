import Exposition
import Observations

/// The labels of a family by whose backends they are and what these do, made once and not at every tick.
struct TraitLabels: Sendable {
    private let make: @Sendable (BackendTraits) -> Labels
    private var known: [BackendTraits: Labels] = [:]

    /// Labels that are not asked for any more are kept up to about this number.
    private static let spare = 1_000

    init(_ make: @escaping @Sendable (BackendTraits) -> Labels) {
        self.make = make
    }

    /// How many are known: at most about twice the groups of a sample and a thousand.
    var count: Int { known.count }

    subscript(group: ActivitySample.Group) -> Labels {
        mutating get {
            if let labels = known[group.traits] { return labels }
            let labels = make(group.traits)
            known[group.traits] = labels
            return labels
        }
    }

    /// Begins a sample.
    mutating func begin(_ sample: ActivitySample) {
        if known.count > 2 * sample.groups.count + Self.spare { known.removeAll() }
    }
}
