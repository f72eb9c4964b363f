/// Reads the text of a pattern. What we do not know is refused, never taken for something else.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private(set) var groupCount = 0
    private(set) var ignoresCase = false

    private static let depthLimit = 50
    private static let groupLimit = 50
    static let repetitionLimit = 1_000

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(LabelPatternError) -> PatternNode {
        guard scalars.count <= LabelPattern.lengthLimit else {
            throw LabelPatternError(sentence: "is longer than \(LabelPattern.lengthLimit) characters")
        }
        if skip("(?i)") { ignoresCase = true }
        let node = try choice()
        guard position == scalars.count else {
            throw LabelPatternError(sentence: "has a closing parenthesis too many; write “\\)” for the character")
        }
        return node
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func skip(_ text: String) -> Bool {
        guard scalars[position...].starts(with: text.unicodeScalars) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private mutating func choice() throws(LabelPatternError) -> PatternNode {
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(LabelPatternError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let node = try atom()
            nodes.append(try repeated(node))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func atom() throws(LabelPatternError) -> PatternNode {
        let scalar = scalars[position]
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .set(try brackets())
        case ".": return .set(.any)
        case "^": return .place(.start)
        case "$": return .place(.end)
        case "\\": return try escape()
        case "*", "+", "?", "{":
            throw LabelPatternError(
                sentence: "has a “\(scalar)” with nothing before it to repeat; write “\\\(scalar)” for the character")
        default: return .set(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(LabelPatternError) -> PatternNode {
        var number = 0
        if skip("?:") {
        } else if next == "?" {
            throw LabelPatternError(
                sentence:
                    "has a group that begins with “(?”: look-around, names and flags are not supported, only “(?:” "
                    + "and a leading “(?i)”")
        } else {
            groupCount += 1
            number = groupCount
        }
        depth += 1
        guard depth <= Self.depthLimit, groupCount <= Self.groupLimit else {
            throw LabelPatternError(sentence: "has more than \(Self.groupLimit) groups")
        }
        let node = try choice()
        guard skip(")") else { throw LabelPatternError(sentence: "has a parenthesis that is not closed") }
        depth -= 1
        return .group(node, number: number)
    }

    private mutating func repeated(_ node: PatternNode) throws(LabelPatternError) -> PatternNode {
        let bounds: (least: Int, most: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            bounds = try braces()
            position -= 1
        default: return node
        }
        position += 1
        if case .place = node {
            throw LabelPatternError(sentence: "repeats “^”, “$” or “\\b”, which match no character")
        }
        let isGreedy = !skip("?")
        if let next, "*+?{".unicodeScalars.contains(next) {
            throw LabelPatternError(sentence: "has two repetitions in a row; put parentheses around the inner one")
        }
        return .repetition(node, least: bounds.least, most: bounds.most, isGreedy: isGreedy)
    }

    /// `{2}`, `{2,}`, `{2,5}`; ends behind the closing brace.
    private mutating func braces() throws(LabelPatternError) -> (Int, Int?) {
        let complaint = LabelPatternError(
            sentence: "has a “{” that begins no repetition such as {2}, {2,} or {2,5} of at most "
                + "\(Self.repetitionLimit); write “\\{” for the character")
        guard let end = scalars[position...].firstIndex(of: "}") else { throw complaint }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[(position + 1)..<end])
        position = end + 1
        let parts = String(text).split(separator: ",", omittingEmptySubsequences: false)
        func number(_ part: Substring) -> Int? {
            guard 1...4 ~= part.utf8.count, part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            return Int(part).flatMap { $0 <= Self.repetitionLimit ? $0 : nil }
        }
        guard 1...2 ~= parts.count, let least = number(parts[0]) else { throw complaint }
        if parts.count == 1 { return (least, least) }
        if parts[1].isEmpty { return (least, nil) }
        guard let most = number(parts[1]), most >= least else { throw complaint }
        return (least, most)
    }
}

extension PatternParser {
    /// What follows a backslash outside of brackets.
    private mutating func escape() throws(LabelPatternError) -> PatternNode {
        if skip("b") { return .place(.wordBoundary) }
        if skip("B") { return .place(.noWordBoundary) }
        return .set(try escapedSet())
    }

    private mutating func escapedSet() throws(LabelPatternError) -> ScalarSet {
        guard let scalar = next else { throw LabelPatternError(sentence: "ends with a backslash") }
        position += 1
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet.digits.inverted
        case "w": return .word
        case "W": return ScalarSet.word.inverted
        case "s": return .space
        case "S": return ScalarSet.space.inverted
        case "t": return ScalarSet("\t")
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "0"..."9":
            throw LabelPatternError(sentence: "has “\\\(scalar)”: back-references are not supported")
        case "A"..."Z", "a"..."z":
            throw LabelPatternError(sentence: "has “\\\(scalar)”, which is not supported")
        default: return ScalarSet(scalar)
        }
    }

    /// What is between `[` and `]`; ends behind the closing bracket.
    private mutating func brackets() throws(LabelPatternError) -> ScalarSet {
        let isNegated = skip("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            let set = try member()
            guard !set.isNegated else {
                throw LabelPatternError(sentence: "has \\D, \\W or \\S in brackets, which is not supported")
            }
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                ranges += set.ranges
                continue
            }
            position += 1
            let end = try member()
            guard set.ranges.count == 1, end.ranges.count == 1, set.ranges[0].count == 1, end.ranges[0].count == 1,
                set.ranges[0].lowerBound <= end.ranges[0].lowerBound
            else { throw LabelPatternError(sentence: "has a range in brackets that goes from nowhere to nowhere") }
            ranges.append(set.ranges[0].lowerBound...end.ranges[0].lowerBound)
        }
        guard skip("]") else { throw LabelPatternError(sentence: "has a bracket that is not closed") }
        return ScalarSet(ranges: ranges, isNegated: isNegated)
    }

    private mutating func member() throws(LabelPatternError) -> ScalarSet {
        let scalar = scalars[position]
        position += 1
        if scalar == "\\" { return try escapedSet() }
        guard scalar == "[", let kind = next, ":.=".unicodeScalars.contains(kind) else { return ScalarSet(scalar) }
        for (name, set) in Self.classes where skip(":\(name):]") { return set }
        throw LabelPatternError(
            sentence: "has a class in brackets that is not supported; those are "
                + Self.classes.map { "[:\($0.name):]" }.joined(separator: ", "))
    }

    private static let classes: [(name: String, set: ScalarSet)] = [
        ("alnum", ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A])),
        ("alpha", ScalarSet(ranges: [0x41...0x5A, 0x61...0x7A])), ("digit", .digits),
        ("lower", ScalarSet(ranges: [0x61...0x7A])), ("upper", ScalarSet(ranges: [0x41...0x5A])),
        ("space", .space), ("punct", ScalarSet(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])),
        ("xdigit", ScalarSet(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66])), ("word", .word),
    ]
}
