/// A fact, or why it is not known: a check that needs it passes the reason on instead of guessing.
package enum Known<Value: Sendable>: Sendable {
    case known(Value)
    /// As the rest of a sentence: “the role lacks pg_read_all_stats”.
    case unknown(why: String)

    /// Nil when it is not known.
    package var value: Value? {
        switch self {
        case .known(let value): value
        case .unknown: nil
        }
    }

    /// Why it is not known; nil when it is.
    package var reason: String? {
        switch self {
        case .known: nil
        case .unknown(let why): why
        }
    }

    /// - Throws: `MissingFact` with the reason when it is not known.
    package func get() throws(MissingFact) -> Value {
        switch self {
        case .known(let value): return value
        case .unknown(let why): throw MissingFact(why)
        }
    }

    package func map<Other: Sendable>(_ change: (Value) -> Other) -> Known<Other> {
        switch self {
        case .known(let value): .known(change(value))
        case .unknown(let why): .unknown(why: why)
        }
    }
}

extension Known: Equatable where Value: Equatable {}

/// Why a check cannot judge: what it needs is not known.
package struct MissingFact: Error, Sendable, Equatable {
    /// As the rest of a sentence.
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}
