import Operations

/// A variable of a dashboard.
package struct GrafanaVariable: Sendable, Equatable {
    /// Where its options come from.
    package enum Source: Sendable, Equatable {
        /// `label_values(selector, label)`; without a selector all series count.
        case labelValues(label: String, selector: String?)
        /// `query_result(expression)`
        case queryResult(String)
        /// Written down in the dashboard.
        case fixed([String])
        /// A query that we cannot read.
        case unknown(String)
    }

    package let name: String
    package let source: Source
    package let includesAll: Bool
    /// What stands for all; nil: the options with `|` between them.
    package let allValue: String?
    /// What it is at first, where it has no All.
    package let current: String?
    /// What Grafana takes of each option; nil: all of it.
    package let pattern: String?

    package init(
        name: String, source: Source, includesAll: Bool = true, allValue: String? = nil, current: String? = nil
    ) {
        self.name = name
        self.source = source
        self.includesAll = includesAll
        self.allValue = allValue
        self.current = current
        pattern = nil
    }

    package init(_ json: JSON) {
        name = json["name"].string ?? ""
        let query = json["query"].string ?? json["query"]["query"].string ?? ""
        switch json["type"].string {
        case "query": source = Self.source(of: query)
        case "datasource": source = .fixed(["prometheus"])
        default: source = .fixed(Self.fixedOptions(query))
        }
        includesAll = json["includeAll"] == .bool(true)
        allValue = json["allValue"].string.flatMap { $0.isEmpty ? nil : $0 }
        current = json["current"]["value"].string.flatMap { $0.hasPrefix("$") ? nil : $0 }
        pattern = json["regex"].string.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func source(of query: String) -> Source {
        if let match = query.wholeMatch(of: #/label_values\(\s*(\w+)\s*\)/#) {
            return .labelValues(label: String(match.1), selector: nil)
        }
        if let match = query.wholeMatch(of: #/label_values\((.+),\s*(\w+)\s*\)/#) {
            return .labelValues(label: String(match.2), selector: String(match.1))
        }
        if let match = query.wholeMatch(of: #/query_result\((.+)\)/#) { return .queryResult(String(match.1)) }
        return .unknown(query)
    }

    /// `a, b : c` is two options, the second of which is shown as b and means c.
    private static func fixedOptions(_ query: String) -> [String] {
        query.split(separator: ",").map { option in
            let text = option.split(separator: " : ").last ?? option
            return String(text.trimmingPrefix(#/\s+/#).replacing(#/\s+$/#, with: ""))
        }
    }

    /// What stands for All in a query, given the options that there are.
    package func all(of options: [String]) -> String {
        if let allValue { return allValue }
        let escaped = options.map(Self.escaped)
        return escaped.count == 1 ? escaped[0] : "(" + escaped.joined(separator: "|") + ")"
    }

    /// A value within a regular expression within a string of PromQL, as Grafana's data source writes it.
    package static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            if character == "\\" {
                text += #"\\\\"#
            } else if "$^*{}[]'+?.()|".contains(character) {
                text += #"\\"# + String(character)
            } else {
                text.append(character)
            }
        }
    }
}
