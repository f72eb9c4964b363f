/// A regular expression over a label's value, matched from its first to its last character.
///
/// The values are chosen by clients, so that a match must cost little whatever they are: the time is at most the size of
/// the pattern times the length of the value, and nothing is kept. Engines that backtrack freely promise neither, and
/// those that build automata keep what they build. There is no look-around and no back-reference for that reason.
/// What there is means the same as in Prometheus' relabelling: the first alternative that matches counts.
package struct LabelPattern: Sendable, Equatable {
    /// The pattern as it was written.
    package let text: String
    /// How many groups there are for `$1`, `$2`, …
    package let groupCount: Int
    private let program: [PatternInstruction]

    /// The longest a pattern can be, in characters (Unicode scalars).
    package static let lengthLimit = 500
    /// The most instructions of a pattern, its repetitions written out.
    static let programLimit = 2_000

    /// - Throws: why the text is no pattern of ours, as the rest of a sentence.
    package init(_ text: String) throws(LabelPatternError) {
        var parser = PatternParser(text)
        let parsed = try parser.parse()
        var compiler = PatternCompiler(ignoresCase: parser.ignoresCase)
        self.text = text
        groupCount = parser.groupCount
        program = try compiler.compile(parsed)
    }

    package static func == (lhs: LabelPattern, rhs: LabelPattern) -> Bool { lhs.text == rhs.text }

    /// Whether the whole value matches.
    package func matches(_ value: String) -> Bool { groups(in: value) != nil }

    /// What the groups of a match hold, the whole value first; nil when the value does not match.
    package func groups(in value: String) -> [String]? {
        let scalars = Array(value.unicodeScalars)
        var match = PatternMatch(program, scalars, groups: groupCount)
        guard match.run() else { return nil }
        return (0...groupCount).map { group in
            let (start, end) = (match.marks[2 * group], match.marks[2 * group + 1])
            guard start >= 0, end >= start else { return "" }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars[start..<end])
            return String(text)
        }
    }
}

/// Why a text is no pattern, as the rest of a sentence: “has a parenthesis that is not closed”.
package struct LabelPatternError: Error, Sendable, Equatable {
    package let sentence: String
}
