internal import Yams

/// YAML text as a tree of nodes with lines: the fence around Yams.
///
/// Two things in the text are marked with private-use characters before Yams sees them, and the marks are taken out of
/// the tree again:
/// - Every `*` that could begin an alias. Yams would replace aliases by copies, and a few of them make a tree that has
///   no end in practice.
/// - A key that is there twice. Yams would give up at the first, and we want to report every problem of a file.
enum YAMLDocument {
    private static let aliasMark: Unicode.Scalar = "\u{E000}"
    /// One for each duplicate, so that a key can be there any number of times.
    private static let keyMarks: [Unicode.Scalar] = (1...25).compactMap { Unicode.Scalar(0xE000 + $0) }
    private static let marks: ClosedRange<Unicode.Scalar> = "\u{E000}"..."\u{E019}"

    /// How much text is read again because of duplicate keys, in characters.
    private static let workLimit = 2 << 20

    /// The root of the only document in the text; nil if there is nothing in it.
    static func root(of text: String) throws(YAMLFault) -> YAMLNode? {
        if let scalar = text.unicodeScalars.firstIndex(where: marks.contains) {
            let line = 1 + text.unicodeScalars[..<scalar].count { $0 == "\n" }
            throw YAMLFault(line: line, sentence: "there is a private-use character; remove it")
        }
        // To libYAML a byte order mark is a column, and the first line would be indented.
        var scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
        markAliases(in: &scalars)
        let passes = keyMarks.prefix(2 + workLimit / max(scalars.count, 1))
        var marked: Int?
        for mark in passes {
            switch compose(scalars) {
            case .document(let node): return node
            // A mark before a key that is a list or a mapping is an error of our own making.
            case .fault(let fault): throw fault.line == marked && marked != nil ? duplicate(on: marked) : fault
            case .duplicateKey(let line, let column):
                guard insert(mark, into: &scalars, line: line, column: column) else { throw duplicate(on: line) }
                marked = line
            }
        }
        throw YAMLFault(line: marked, sentence: "\(passes.count) keys or more are given more than once; this is one")
    }

    private static func duplicate(on line: Int?) -> YAMLFault {
        YAMLFault(line: line, sentence: "a key is given more than once")
    }

    private enum Outcome {
        case document(YAMLNode?)
        case fault(YAMLFault)
        /// Where a key begins that its mapping has again further down.
        case duplicateKey(line: Int, column: Int)
    }

    private static func compose(_ scalars: [Unicode.Scalar]) -> Outcome {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        do {
            let parser = try Parser(yaml: String(text), resolver: .basic, encoding: .utf8)
            return .document(try parser.singleRoot().map(node))
        } catch YamlError.duplicatedKeysInMapping(_, let context) {
            return .duplicateKey(line: context.mark.line, column: context.mark.column)
        } catch {
            return .fault(YAMLFault(error))
        }
    }

    /// A node of ours for a node of Yams, without the marks.
    private static func node(_ node: Node) -> YAMLNode {
        let line = node.mark?.line ?? 1
        guard [Tag.Name.str, .seq, .map].contains(where: { $0.rawValue == node.tag.rawValue }) else {
            return YAMLNode(content: .refused("has a YAML tag; write the value without “!”"), line: line)
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain
            if isPlain, scalar.string.unicodeScalars.first == aliasMark {
                return YAMLNode(
                    content: .refused("begins with “*”, a YAML alias; write the value out, or put it in quotes"),
                    line: line)
            }
            return YAMLNode(content: .scalar(withoutMarks(scalar.string), isPlain: isPlain), line: line)
        case .sequence(let sequence):
            return YAMLNode(content: .list(sequence.map(Self.node)), line: line)
        case .mapping(let mapping):
            let pairs = mapping.map { (key: Self.node($0.key), value: Self.node($0.value)) }
            return YAMLNode(content: .mapping(pairs), line: line)
        case .alias:
            preconditionFailure("aliases were marked, and Yams makes this node only when it encodes")
        }
    }

    /// Marks every `*` that stands where a token can begin. What is text after all is restored by `withoutMarks`.
    private static func markAliases(in scalars: inout [Unicode.Scalar]) {
        for index in scalars.indices where scalars[index] == "*" {
            let before = index > 0 ? scalars[index - 1] : " "
            if before.properties.isWhitespace || "[]{},:?\"'".unicodeScalars.contains(before) {
                scalars[index] = aliasMark
            }
        }
    }

    private static func withoutMarks(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: marks.contains) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar == aliasMark || !marks.contains(scalar) {
            result.append(scalar == aliasMark ? "*" : scalar)
        }
        return String(result)
    }

    /// Puts the mark at the beginning of the key, within its quotes. False if there is no such place.
    private static func insert(
        _ mark: Unicode.Scalar, into scalars: inout [Unicode.Scalar], line: Int, column: Int
    ) -> Bool {
        var start = 0
        for _ in 1..<max(line, 1) {
            guard let lineEnd = scalars[start...].firstIndex(where: isLineBreak) else { return false }
            let isPair = scalars[lineEnd] == "\r" && scalars[(lineEnd + 1)...].first == "\n"
            start = lineEnd + (isPair ? 2 : 1)
        }
        let index = start + column - 1
        guard scalars.indices.contains(index) else { return false }
        scalars.insert(mark, at: scalars[index] == "\"" || scalars[index] == "'" ? index + 1 : index)
        return true
    }

    /// What libYAML counts as the end of a line.
    private static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        "\r\n\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar)
    }
}

extension YAMLFault {
    /// libYAML's own words without Yams's excerpt of the text, which may hold a password.
    fileprivate init(_ error: any Error) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { " (\($0.text), line \($0.mark.line))" } ?? ""
            self.init(line: mark.line, sentence: "this is not YAML: \(problem)\(place)")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { 1 + yaml.prefix($0).count(where: \.isNewline) }
            self.init(line: line, sentence: "this is not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, .duplicatedKeysInMapping, nil:
            self.init(line: nil, sentence: "this is not YAML")
        }
    }
}
