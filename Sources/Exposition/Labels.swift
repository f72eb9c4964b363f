/// One label of a series.
public struct Label: Hashable, Sendable {
    public let name: String
    public let value: String

    /// - Parameters:
    ///   - name: Letters, digits and underscores, not beginning with a digit. Not checked: any other breaks the page.
    ///   - value: Any text; the encoder escapes it.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The labels of one series: sorted by name, each name once. `["state": "idle"]` is one.
public struct Labels: Hashable, Sendable {
    /// The sum of the labels' hash values. It is kept since labels are looked up far more often than they are made, and
    /// one more label does not make it anew.
    private var digest = 0
    package private(set) var pairs: [Label]

    /// No labels.
    public static let none = Labels([])

    /// Labels in any order; of two with one name, the later wins.
    public init(_ pairs: [Label]) {
        self.pairs = []
        self.pairs.reserveCapacity(pairs.count)
        for pair in pairs { set(pair) }
    }

    /// The value of a label, or nil.
    public subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// These labels with one more, which replaces one of the same name.
    public func adding(_ name: String, _ value: String) -> Labels {
        var copy = self
        copy.set(Label(name, value))
        return copy
    }

    /// The same names, each with the value “other”: where a budget puts what it has no room for.
    package var folded: Labels {
        Labels(pairs.map { Label($0.name, "other") })
    }

    /// These labels with “other” as the values of some.
    package func folding(_ names: Set<String>) -> Labels {
        Labels(pairs.map { names.contains($0.name) ? Label($0.name, "other") : $0 })
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }

    private mutating func set(_ label: Label) {
        // Byte order, not locale order: the output must be the same everywhere.
        let position = pairs.firstIndex { !$0.name.utf8.lexicographicallyPrecedes(label.name.utf8) } ?? pairs.endIndex
        digest &+= label.hashValue
        if position < pairs.endIndex, pairs[position].name == label.name {
            digest &-= pairs[position].hashValue
            pairs[position] = label
        } else {
            pairs.insert(label, at: position)
        }
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        pairs = []
        pairs.reserveCapacity(elements.count)
        for (name, value) in elements { set(Label(name, value)) }
    }
}

extension Labels: Comparable {
    /// By the bytes of names and values: the same order everywhere.
    public static func < (lhs: Labels, rhs: Labels) -> Bool {
        for (left, right) in zip(lhs.pairs, rhs.pairs) {
            if left.name != right.name { return left.name.utf8.lexicographicallyPrecedes(right.name.utf8) }
            if left.value != right.value { return left.value.utf8.lexicographicallyPrecedes(right.value.utf8) }
        }
        return lhs.pairs.count < rhs.pairs.count
    }
}
