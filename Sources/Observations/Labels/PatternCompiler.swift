/// One step of a compiled pattern.
enum PatternInstruction: Sendable {
    case set(ScalarSet)
    /// Goes on at the first; at the second if that leads nowhere.
    case split(Int, Int)
    case jump(Int)
    /// Remembers the place: 2n is the start of group n, 2n + 1 its end.
    case mark(Int)
    case place(PatternPlace)
    case end
}

/// Turns the tree of a pattern into steps, with its repetitions written out.
struct PatternCompiler {
    private let ignoresCase: Bool
    private var program: [PatternInstruction] = []
    /// Copies that are still allowed: also what yields no step must not be written out without end.
    private var copies = LabelPattern.programLimit

    init(ignoresCase: Bool) {
        self.ignoresCase = ignoresCase
    }

    mutating func compile(_ node: PatternNode) throws(LabelPatternError) -> [PatternInstruction] {
        try add(.group(node, number: 0))
        try emit(.end)
        return program
    }

    private mutating func emit(_ instruction: PatternInstruction) throws(LabelPatternError) {
        guard program.count < LabelPattern.programLimit else { throw Self.tooLarge }
        program.append(instruction)
    }

    private static let tooLarge = LabelPatternError(
        sentence: "has more than \(LabelPattern.programLimit) parts once its repetitions are written out")

    private mutating func add(_ node: PatternNode) throws(LabelPatternError) {
        switch node {
        case .set(let set): try emit(.set(ignoresCase ? set.ignoringCase : set))
        case .place(let place): try emit(.place(place))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let nodes): try addChoice(nodes)
        case .group(let node, number: 0): try add(node)
        case .group(let node, let number):
            try emit(.mark(2 * number))
            try add(node)
            try emit(.mark(2 * number + 1))
        case .repetition(let node, let least, let most, let isGreedy):
            for _ in 0..<least { try addCopy(of: node) }
            if let most {
                try addOptional(node, times: most - least, isGreedy)
            } else {
                try addLoop(node, isGreedy)
            }
        }
    }

    private mutating func addCopy(of node: PatternNode) throws(LabelPatternError) {
        guard copies > 0 else { throw Self.tooLarge }
        copies -= 1
        try add(node)
    }

    private mutating func addChoice(_ nodes: [PatternNode]) throws(LabelPatternError) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try add(node)
                break
            }
            let split = program.count
            try emit(.split(split + 1, split + 1))
            try add(node)
            jumps.append(program.count)
            try emit(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func addLoop(_ node: PatternNode, _ isGreedy: Bool) throws(LabelPatternError) {
        let split = program.count
        try emit(.jump(0))
        try add(node)
        try emit(.jump(split))
        program[split] = isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
    }

    private mutating func addOptional(
        _ node: PatternNode, times: Int, _ isGreedy: Bool
    ) throws(LabelPatternError) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(program.count)
            try emit(.jump(0))
            try addCopy(of: node)
        }
        for split in splits {
            program[split] = isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
        }
    }
}
