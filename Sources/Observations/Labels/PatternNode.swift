/// Characters by ranges of Unicode scalars.
struct ScalarSet: Sendable, Equatable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    static let any = ScalarSet(ranges: [], isNegated: true)
    static let digits = ScalarSet(ranges: [0x30...0x39])
    /// Letters, digits and `_` of ASCII.
    static let word = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarSet(ranges: [0x09...0x0D, 0x20...0x20])

    init(ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) {
        self.init(ranges: [scalar.value...scalar.value])
    }

    var inverted: ScalarSet { ScalarSet(ranges: ranges, isNegated: !isNegated) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) } != isNegated
    }

    /// The same with both cases of ASCII letters.
    var ignoringCase: ScalarSet {
        func shifted(_ letters: ClosedRange<UInt32>, by distance: Int) -> [ClosedRange<UInt32>] {
            ranges.filter { $0.overlaps(letters) }.map {
                let both = $0.clamped(to: letters)
                return UInt32(Int(both.lowerBound) + distance)...UInt32(Int(both.upperBound) + distance)
            }
        }
        return ScalarSet(
            ranges: ranges + shifted(0x41...0x5A, by: 32) + shifted(0x61...0x7A, by: -32), isNegated: isNegated)
    }
}

/// A pattern as a tree.
indirect enum PatternNode: Sendable {
    case set(ScalarSet)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repetition(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    /// Number 1 and up; 0 for a group that captures nothing.
    case group(PatternNode, number: Int)
    case place(PatternPlace)
}

/// What matches a place between characters.
enum PatternPlace: Sendable {
    case start, end, wordBoundary, noWordBoundary
}
