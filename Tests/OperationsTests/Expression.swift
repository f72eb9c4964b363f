import Foundation

/// An expression of PromQL, looked at as text: `promtool` has parsed it.
struct Expression {
    let text: String

    init(_ text: String) { self.text = text }

    /// One series, or several, by name or by a matcher alone.
    struct Selector {
        /// Empty where the matchers name it.
        let name: String
        /// Label, operator and value of each matcher.
        let matchers: [(label: String, operator: String, value: String)]
        /// What stands before it, without spaces.
        let before: Substring
        /// Whether a range follows.
        let hasRange: Bool
    }

    private static let keywords: Set<String> = [
        "and", "or", "unless", "on", "ignoring", "by", "without", "bool", "offset", "group_left", "group_right",
    ]

    /// Without what stands in quotes and in braces.
    var bare: String {
        text.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"").replacing(/\{[^}]*\}/, with: "")
    }

    var selectors: [Selector] {
        let braces = #/([a-zA-Z_:][a-zA-Z0-9_:]*)?(\{(?:[^}"]|"(?:[^"\\]|\\.)*")*\})?(\[)?/#
        let plain = text.replacing(/\b(?:on|by|ignoring|without|group_left|group_right) *\([^)]*\)/) { match in
            String(repeating: " ", count: match.output.count)
        }
        return plain.matches(of: braces).compactMap { match in
            let name = match.1.map(String.init) ?? ""
            let body = match.2.map(String.init) ?? ""
            guard !(name.isEmpty && body.isEmpty), !Self.keywords.contains(name) else { return nil }
            guard !Self.isInQuotes(match.range.lowerBound, of: plain) else { return nil }
            // A function or an aggregation, and the unit of a number.
            let after = plain[match.range.upperBound...].drop { $0.isWhitespace }.first
            guard after != "(" || !body.isEmpty else { return nil }
            let before = plain[..<match.range.lowerBound]
            guard before.last?.isNumber != true, before.last != ":" else { return nil }
            let matchers = body.matches(of: #/([a-zA-Z_]+) *(=~|!~|!=|=) *"((?:[^"\\]|\\.)*)"/#).map {
                (label: String($0.1), operator: String($0.2), value: String($0.3))
            }
            let compact = before.filter { !$0.isWhitespace }
            return Selector(name: name, matchers: matchers, before: Substring(compact), hasRange: match.3 != nil)
        }
    }

    private static func isInQuotes(_ index: String.Index, of text: String) -> Bool {
        text[..<index].count { $0 == "\"" } % 2 == 1
    }

    /// The names of the series that other rules record.
    var recorded: Set<String> { Set(selectors.map(\.name).filter { $0.contains(":") }) }

    /// The labels by which series are matched or added up, and those that are carried over.
    var grouping: Set<String> {
        let lists = text.matches(of: /\b(?:on|by|ignoring|without|group_left|group_right) *\(([^)]*)\)/)
        return Set(lists.flatMap { $0.1.matches(of: /[a-zA-Z_]+/).map { String($0.0) } })
    }

    /// The labels that it makes.
    var made: Set<String> {
        Set(text.matches(of: /"([a-z_]+)", *"(?:\$|\||port )/).map { String($0.1) })
    }

    /// Ranges and offsets, in seconds.
    var spans: [Int] {
        bare.matches(of: /(?:\[|offset +)([0-9]+)([smhdw])/).compactMap { match in
            let units: [Substring: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]
            guard let number = Int(match.1), let unit = units[match.2] else { return nil }
            return number * unit
        }
    }
}
