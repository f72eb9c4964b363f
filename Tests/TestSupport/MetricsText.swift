/// A reader of Prometheus' text format 0.0.4, written for the tests and independent of our encoder.
package struct MetricsText: Sendable {
    /// One line with a value.
    package struct Series: Sendable, Equatable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    /// What is wrong with which line.
    package struct SyntaxError: Error, Equatable, CustomStringConvertible {
        package let line: Int
        package let problem: String
        package var description: String { "line \(line): \(problem)" }
    }

    /// Every series, in the order of the text.
    package private(set) var series: [Series] = []
    /// From family to its type, as the `# TYPE` lines say.
    package private(set) var types: [String: String] = [:]
    /// From family to its help, as the `# HELP` lines say (escapes undone).
    package private(set) var helps: [String: String] = [:]

    /// Parses a whole body.
    ///
    /// - Throws: `SyntaxError` at the first line that is neither a comment nor a well-formed series, or that says
    ///   something twice.
    package init(parsing text: String) throws(SyntaxError) {
        guard text.isEmpty || text.hasSuffix("\n") else { throw SyntaxError(line: 0, problem: "no newline at the end") }
        var seen: Set<[String]> = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty { continue }
            do throws(Problem) {
                if line.hasPrefix("#") {
                    try readComment(line)
                    continue
                }
                let one = try Self.readSeries(line)
                let key = [one.name] + one.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
                guard seen.insert(key).inserted else { throw Problem("the series is there twice") }
                series.append(one)
            } catch {
                throw SyntaxError(line: index + 1, problem: "\(error.text): \(line)")
            }
        }
    }

    /// All series of a name that have at least these labels.
    package func all(_ name: String, _ labels: [String: String] = [:]) -> [Series] {
        series.filter { one in one.name == name && labels.allSatisfy { one.labels[$0.key] == $0.value } }
    }

    /// The value of the one series that has at least these labels; nil when there is none, or more than one.
    package func series(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = all(name, labels)
        return found.count == 1 ? found[0].value : nil
    }

    /// The sum over all series that have at least these labels; nil when there is none.
    package func sum(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        let found = all(name, labels)
        return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
    }

    private struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private mutating func readComment(_ line: Substring) throws(Problem) {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3, words[0] == "#" else { return }
        let family = String(words[2])
        let rest = words.count > 3 ? String(words[3]) : ""
        if words[1] == "TYPE" {
            guard types.updateValue(rest, forKey: family) == nil else { throw Problem("a second TYPE") }
            guard ["counter", "gauge", "histogram", "summary", "untyped"].contains(rest) else {
                throw Problem("unknown type")
            }
        } else if words[1] == "HELP" {
            guard helps.updateValue(Self.unescaped(rest), forKey: family) == nil else { throw Problem("a second HELP") }
        }
    }

    // By scalars throughout: a quote or a brace followed by a combining mark is one Character, but still a quote.
    private static func readSeries(_ line: Substring) throws(Problem) -> Series {
        var rest = line.unicodeScalars
        let name = readName(&rest, allowingColon: true)
        guard !name.isEmpty else { throw Problem("no metric name") }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while rest.first != "}" {
                try readLabel(&rest, into: &labels)
            }
            rest.removeFirst()
        }
        let fields = Substring(rest).split(separator: " ")
        guard rest.first == " ", (1...2).contains(fields.count) else { throw Problem("a value must follow") }
        guard let value = number(fields[0]) else { throw Problem("not a number") }
        guard fields.count == 1 || Int64(fields[1]) != nil else { throw Problem("not a timestamp") }
        return Series(name: name, labels: labels, value: value)
    }

    /// A name at the front of `rest`; empty when there is none.
    private static func readName(_ rest: inout Substring.UnicodeScalarView, allowingColon: Bool) -> String {
        let name = rest.prefix { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            case ":": allowingColon
            default: false
            }
        }
        guard let first = name.first, !("0"..."9").contains(first) else { return "" }
        rest = rest[name.endIndex...]
        return String(name)
    }

    private static func readLabel(
        _ rest: inout Substring.UnicodeScalarView, into labels: inout [String: String]
    ) throws(Problem) {
        let name = readName(&rest, allowingColon: false)
        guard !name.isEmpty, rest.starts(with: "=\"".unicodeScalars) else { throw Problem("not a label") }
        rest.removeFirst(2)
        var raw = ""
        while let scalar = rest.popFirst(), scalar != "\"" {
            raw.unicodeScalars.append(scalar)
            guard scalar == "\\" else { continue }
            guard let escaped = rest.popFirst(), ["\\", "\"", "n"].contains(escaped) else {
                throw Problem("an escape other than \\\\, \\\" and \\n")
            }
            raw.unicodeScalars.append(escaped)
        }
        guard labels.updateValue(unescaped(raw), forKey: name) == nil else { throw Problem("a label twice") }
        if rest.first == "," {
            rest.removeFirst()
        } else if rest.first != "}" {
            throw Problem("neither a comma nor a brace after a label")
        }
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(text)
        }
    }

    private static func unescaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                result.append(scalar == "n" ? "\n" : scalar)
                isEscape = false
            } else if scalar == "\\" {
                isEscape = true
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
