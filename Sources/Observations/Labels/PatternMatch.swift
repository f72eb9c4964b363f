/// One match of a program against a value: backtracking that never visits a step twice at the same place, so that it
/// ends after at most steps × places.
struct PatternMatch {
    private enum Job {
        case step(Int, at: Int)
        /// Takes back a mark that led nowhere.
        case restore(Int, Int)
    }

    private let program: [PatternInstruction]
    private let scalars: [Unicode.Scalar]
    private var visited: [Bool]
    private var jobs: [Job] = []
    /// The places of the groups, as `PatternInstruction.mark` numbers them; −1 where a group took no part.
    private(set) var marks: [Int]

    init(_ program: [PatternInstruction], _ scalars: [Unicode.Scalar], groups: Int) {
        self.program = program
        self.scalars = scalars
        visited = Array(repeating: false, count: program.count * (scalars.count + 1))
        marks = Array(repeating: -1, count: 2 * (groups + 1))
        marks[0] = 0
        marks[1] = scalars.count
    }

    /// Whether the program matches the whole value.
    mutating func run() -> Bool {
        jobs = [.step(0, at: 0)]
        while let job = jobs.popLast() {
            switch job {
            case .restore(let mark, let place): marks[mark] = place
            case .step(let step, let place): if follow(step, at: place) { return true }
            }
        }
        return false
    }

    /// Goes on from a step until it matches or fails; what else could be tried becomes a job.
    private mutating func follow(_ first: Int, at start: Int) -> Bool {
        var (step, place) = (first, start)
        while true {
            let visit = step * (scalars.count + 1) + place
            if visited[visit] { return false }
            visited[visit] = true
            switch program[step] {
            case .set(let set):
                guard place < scalars.count, set.contains(scalars[place]) else { return false }
                place += 1
                step += 1
            case .split(let preferred, let other):
                jobs.append(.step(other, at: place))
                step = preferred
            case .jump(let target):
                step = target
            case .mark(let mark):
                jobs.append(.restore(mark, marks[mark]))
                marks[mark] = place
                step += 1
            case .place(let expected):
                guard holds(expected, at: place) else { return false }
                step += 1
            case .end:
                if place == scalars.count { return true }
                return false
            }
        }
    }

    private func holds(_ expected: PatternPlace, at place: Int) -> Bool {
        func isWord(_ index: Int) -> Bool { scalars.indices.contains(index) && ScalarSet.word.contains(scalars[index]) }
        switch expected {
        case .start: return place == 0
        case .end: return place == scalars.count
        case .wordBoundary: return isWord(place - 1) != isWord(place)
        case .noWordBoundary: return isWord(place - 1) == isWord(place)
        }
    }
}
