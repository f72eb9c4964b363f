import Collectors
import Exposition
import Observations
import WebServer

/// Which families of `/metrics` a request wants: `?name[]=` by their names, `?collect[]=` by what they are read from;
/// both may be there several times. Without either it is everything.
struct FamilySelection: Hashable {
    /// Why a selection is refused, in one sentence.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private var names: Set<String>?
    private var collected: Set<String>?

    static let everything = FamilySelection()

    private init() {}

    /// - Throws: for a name or a collector that there is not: a misspelt one would else look like a server without it.
    init(_ query: [HTTPRequest.QueryItem]) throws(Problem) {
        for item in query {
            switch item.name {
            case "name[]": names = try (names ?? []).union([Self.family(item.value)])
            case "collect[]": collected = try (collected ?? []).union(Self.collector(item.value))
            default: break
            }
        }
    }

    var isEverything: Bool { self == .everything }

    func filter(_ families: [MetricFamily]) -> [MetricFamily] {
        guard !isEverything else { return families }
        return families.filter { family in
            [names, collected].allSatisfy { $0.map { Self.contains(family.descriptor.name, in: $0) } ?? true }
        }
    }

    private static func contains(_ name: String, in selected: Set<String>) -> Bool {
        selected.contains(name)
            || prefixes.contains { name.hasPrefix($0) && selected.contains($0 + "*") }
    }

    /// What the names begin with that the server chooses, `pg_settings_` of `pg_settings_*`.
    private static let prefixes = Catalogue.families.map(\.name).filter { $0.hasSuffix("*") }.map { $0.dropLast() }

    /// From every name by which a family may be asked for to its own: that of its series, and that in OpenMetrics.
    private static let families: [String: String] = {
        var known: [String: String] = [:]
        for family in Catalogue.families {
            let stem =
                switch family.type {
                case .counter where family.name.hasSuffix("_total"): String(family.name.dropLast("_total".count))
                case .info where family.name.hasSuffix("_info"): String(family.name.dropLast("_info".count))
                case .counter, .gauge, .histogram, .info, .stateset, .unknown: family.name
                }
            let suffixes = family.type == .histogram ? ["_bucket", "_sum", "_count", "_created"] : ["_created"]
            for name in [stem] + suffixes.map({ stem + $0 }) where known[name] == nil { known[name] = family.name }
        }
        for family in Catalogue.families { known[family.name] = family.name }
        return known
    }()

    private static func family(_ name: String) throws(Problem) -> String {
        if let known = families[name] { return known }
        if prefixes.contains(where: { name.hasPrefix($0) }) { return name }
        throw Problem(
            description: unknown(name, parameter: "name[]", known: families.keys.sorted())
                + " “poolscope catalog metrics” lists all families.")
    }

    /// The families that come from a source, and those that say how its reads went.
    private static func collector(_ name: String) throws(Problem) -> Set<String> {
        let sources = TargetKind.allCases.flatMap { Collectors.sources(for: $0) }.map { $0.name }
        guard sources.contains(name) else {
            throw Problem(
                description: unknown(name, parameter: "collect[]", known: sources)
                    + " There are: \(sources.joined(separator: ", ")).")
        }
        let users = Collectors.all.filter { collector in collector.sources.contains { $0.name == name } }
        return Set((users.flatMap { $0.families } + SamplerFamilies.all).map(\.name))
    }

    private static func unknown(_ name: String, parameter: String, known: [String]) -> String {
        let guess = Suggestion.nearest(to: name, among: known).map { " Did you mean “\($0)”?" } ?? ""
        let shown = name.unicodeScalars.prefix(100).map { $0.properties.generalCategory == .control ? "?" : String($0) }
        return "\(parameter)=\(shown.joined()) is unknown.\(guess)"
    }
}
