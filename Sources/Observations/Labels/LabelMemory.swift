import Locking

/// What rules made of values, so that ten thousand sessions cost a look-up each and not a match.
final class LabelMemory: Sendable {
    /// The most values; when they are reached all are forgotten, since clients can invent names without end.
    static let limit = 20_000

    // Guards the results by label and value.
    private let results = Guarded<[LabelRules.Label: [String: String]]>([:])

    subscript(label: LabelRules.Label, value: String) -> String? {
        get { results.withLock { $0[label]?[value] } }
        set {
            results.withLock { results in
                if results.values.reduce(0, { $0 + $1.count }) >= Self.limit { results = [:] }
                results[label, default: [:]][value] = newValue
            }
        }
    }

    /// How many values are known.
    var count: Int { results.withLock { $0.values.reduce(0) { $0 + $1.count } } }
}
