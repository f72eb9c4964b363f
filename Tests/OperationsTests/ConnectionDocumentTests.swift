import Foundation
import Operations
import Testing

/// docs/connection-management.md leads to what there is.
@Suite("links and names of docs/connection-management.md")
struct ConnectionDocumentTests {
    private let text: String

    init() throws {
        text = try Repository.text("docs/connection-management.md")
    }

    /// The headings of a document as GitHub makes anchors of them.
    private static func anchors(of document: String) -> Set<String> {
        let prose = document.replacing(#/```[\s\S]*?\n```/#, with: "")
        return Set(
            prose.matches(of: #/(?m)^#+ (.+)$/#).map { heading in
                String(heading.1.lowercased().filter { $0.isLetter || $0.isNumber || "-_ ".contains($0) })
                    .replacing(" ", with: "-")
            })
    }

    /// Path (empty: this document) and anchor (empty: none) of every link.
    private var links: [(path: String, anchor: String)] {
        text.replacing(#/```[\s\S]*?\n```/#, with: "").matches(of: #/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/#)
            .map { (String($0.1), $0.2.map(String.init) ?? "") }
    }

    /// Checks of PgBouncer, which docs/checks.md describes last.
    private static let ofPgBouncer: Set = [
        "client-connections", "pool-mode", "pool-size", "prepared-statements", "query-wait-timeout", "reserve-pool",
        "server-idle-timeout", "server-lifetime", "session-state", "startup-parameters", "waiting-while-idle",
    ]

    @Test("every link leads somewhere")
    func leads() throws {
        #expect(links.count > 60)
        for (path, anchor) in links {
            let file = path.isEmpty ? "docs/connection-management.md" : "docs/\(path)"
            guard Repository.exists(file) else {
                Issue.record("\(path): there is no such file")
                continue
            }
            let document = try Repository.text(file)
            if path == "checks.md", Self.ofPgBouncer.contains(anchor), !document.contains("\n## PgBouncer\n") {
                continue
            }
            #expect(anchor.isEmpty || Self.anchors(of: document).contains(anchor), "\(path)#\(anchor)")
        }
    }

    @Test("every check that it names is linked to")
    func checks() {
        let named = links.filter { $0.path == "checks.md" && !$0.anchor.isEmpty }
        #expect(Set(named.map(\.anchor)).isSuperset(of: Self.ofPgBouncer))
        for (_, anchor) in named { #expect(text.contains("[`\(anchor)`](checks.md#\(anchor))"), "\(anchor)") }
    }

    @Test("every metric that it names is in the catalogue")
    func metrics() {
        let named = Set(
            text.matches(of: #/`((?:poolscope|pgbouncer|db_client|pg_stat_database)_[a-z_]+)`/#).map { $0.1 })
        #expect(named.count > 25)
        for name in named {
            let series = [String(name), "\(name)_bucket"]
            #expect(series.contains { SeriesCatalogue.shared.family(of: $0) != nil }, "\(name)")
        }
    }

    @Test("every alert that it names is one, and is linked to its runbook")
    func alerts() {
        let named = Set(text.matches(of: #/\b(Pg[A-Z]\w+)\b/#).map { String($0.1) }).subtracting(["PgBouncer"])
        #expect(named.count > 15)
        for name in named {
            #expect(AlertName(rawValue: name) != nil, "\(name)")
            #expect(text.contains("[\(name)](runbooks/\(name).md)"), "\(name)")
        }
    }

    @Test("every section says what watches it, and every rule leads to its section")
    func watched() throws {
        let parts = text.split(separator: "\n## ").map(String.init)
        let practice = parts.dropFirst(2).prefix { !$0.hasPrefix("The checklist") }
        #expect(practice.count == 9)
        for part in practice where !part.hasPrefix("Anti-patterns") {
            #expect(part.contains("\n*Watched by:* "), "\(part.prefix(30))")
        }
        let patterns = try #require(practice.first { $0.hasPrefix("Anti-patterns") }).split(separator: "\n### ")
        #expect(patterns.count == 5)
        #expect(patterns.dropFirst().allSatisfy { $0.contains("\n*Watched by:* ") })
        let rules = try #require(parts.dropFirst().first).matches(
            of: #/(?m)^\| .*\]\(#[^)]+\).*\]\(checks\.md#.* \| `.* \|$/#)
        #expect(rules.count == 12)
    }
}
