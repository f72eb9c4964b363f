/// One rule for the values of a label, as in Prometheus' relabelling.
package struct LabelRule: Sendable, Equatable {
    package enum Action: String, Sendable, CaseIterable {
        /// What matches becomes the replacement.
        case replace
        /// What does not match becomes “other”.
        case keep
        /// What matches becomes empty.
        case drop
    }

    package let label: LabelRules.Label
    package let action: Action
    /// Nil matches everything.
    package let pattern: LabelPattern?
    /// For `replace`; empty for the others.
    package let replacement: LabelReplacement

    package init(
        _ label: LabelRules.Label, _ action: Action, pattern: LabelPattern? = nil,
        replacement: LabelReplacement = .empty
    ) {
        self.label = label
        self.action = action
        self.pattern = pattern
        self.replacement = replacement
    }

    /// What becomes of a value.
    package func rewrite(_ value: String) -> String {
        switch action {
        case .keep: return pattern?.matches(value) ?? true ? value : "other"
        case .drop: return pattern?.matches(value) ?? true ? "" : value
        case .replace:
            guard let pattern else { return replacement.filled(with: [value]) }
            return pattern.groups(in: value).map(replacement.filled) ?? value
        }
    }
}

/// A replacement text with groups in it: `$1`, `${1}`, and `$0` for the whole value; `$$` is a dollar sign.
package struct LabelReplacement: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case group(Int)
    }

    private var pieces: [Piece] = []

    package static let empty = LabelReplacement()

    private init() {}

    /// - Parameter groupCount: how many groups the pattern has.
    /// - Throws: what is wrong, as the rest of a sentence.
    package init(_ text: String, groupCount: Int) throws(LabelPatternError) {
        var rest = text.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            pieces.append(.text(String(rest[..<dollar])))
            rest = rest[rest.index(after: dollar)...]
            if rest.first == "$" {
                rest.removeFirst()
                pieces.append(.text("$"))
            } else {
                pieces.append(.group(try Self.group(&rest, of: groupCount)))
            }
        }
        pieces.append(.text(String(rest)))
    }

    /// The number behind a dollar sign, with or without braces.
    private static func group(
        _ rest: inout Substring.UnicodeScalarView, of count: Int
    ) throws(LabelPatternError) -> Int {
        let isBraced = rest.first == "{"
        if isBraced { rest.removeFirst() }
        // As in Go, a name is as long as it can be: $1x is no group 1.
        let name = rest.prefix { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        rest = rest[name.endIndex...]
        let isClosed = !isBraced || rest.first == "}"
        if isBraced, isClosed { rest.removeFirst() }
        guard isClosed, name.count <= 3, let number = Int(String(name)), 0...count ~= number else {
            throw LabelPatternError(
                sentence: "has a “$” before something else than a group of the regex; write $1 or ${1}, and $$ for a "
                    + "dollar sign")
        }
        return number
    }

    /// The text, with what the groups hold in its gaps.
    func filled(with groups: [String]) -> String {
        pieces.reduce(into: "") { text, piece in
            switch piece {
            case .text(let piece): text += piece
            case .group(let number): text += groups[number]
            }
        }
    }
}
