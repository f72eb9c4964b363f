/// All that is wrong with a configuration, in the order of its lines. Never holds a secret.
package struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    /// One thing that is wrong: where, what, and what to write instead.
    package struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// The path of the file as it was given; nil for flags and the environment.
        package let file: String?
        /// The line in the file, counted from 1; nil if the problem has no line.
        package let line: Int?
        /// The path of the key (`targets[1].interval`), the flag or the variable; empty for the file as a whole.
        package let key: String
        /// What is wrong, as the rest of a sentence about the key.
        package let sentence: String

        /// `poolscope.yml:12: targets[1].interval: “1 parsec” is not a duration; …`
        package var description: String {
            let place = file.map { file in line.map { "\(file):\($0)" } ?? file }
            return [place, key.isEmpty ? nil : key, sentence].compactMap(\.self).joined(separator: ": ")
        }
    }

    /// The most problems that are told at once.
    package static let limit = 20

    /// The first problems by line, at least one and at most `limit`.
    package let problems: [Problem]
    /// How many more there were.
    package let omitted: Int

    init(_ found: [Problem]) {
        precondition(!found.isEmpty, "an error without a problem")
        // The offset makes the order stable where lines are equal.
        let sorted = found.enumerated().sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
        problems = sorted.prefix(Self.limit).map(\.element)
        omitted = found.count - problems.count
    }

    /// One problem a line.
    package var description: String {
        let more = omitted > 0 ? ["and \(omitted) more"] : []
        return (problems.map(\.description) + more).joined(separator: "\n")
    }
}

/// The problems found so far in one source.
struct ProblemList {
    /// The path of the file; nil for flags and the environment.
    let file: String?
    private(set) var problems: [ConfigurationError.Problem] = []

    init(file: String?) {
        self.file = file
    }

    mutating func report(_ key: String, _ sentence: String, line: Int? = nil) {
        problems.append(.init(file: file, line: line, key: key, sentence: sentence))
    }

    func throwIfAny() throws(ConfigurationError) {
        if !problems.isEmpty { throw ConfigurationError(problems) }
    }
}
