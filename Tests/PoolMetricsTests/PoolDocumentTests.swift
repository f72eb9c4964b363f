import ConnectionPool
import Foundation
import PoolMetrics
import PostgresPool
import Testing

@Suite("docs/pool.md")
struct PoolDocumentTests {
    private static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private let document: String

    init() throws {
        document = try Self.text("docs/pool.md")
    }

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: project.appending(path: path), encoding: .utf8)
    }

    @Test("it quotes the compiled example, every file of it, word for word")
    func example() throws {
        let folder = "Examples/PoolService"
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.project.appending(path: folder).path())
        #expect(files.count == 3)
        for file in files {
            let code = try Self.text("\(folder)/\(file)")
            #expect(document.contains("`\(folder)/\(file)`:\n\n```swift\n\(code)```\n"), "\(file) differs")
        }
        #expect(document.matches(of: /```swift/).count == files.count, "what is quoted is compiled")
    }

    /// Name and default of every row `| `knob` | default | …`.
    private var knobs: [String: String] {
        Dictionary(
            document.matches(of: /\| `(\w+)` \| ([^|]+) \|[^|]*\| [^|]+ \|\n/).map { (String($0.1), String($0.2)) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("every knob is in it, with the default that the code has")
    func defaults() throws {
        let configuration = PostgresPoolConfiguration(name: "orders")
        var checked = 0
        for child in Array(Mirror(reflecting: configuration.pool).children) + Mirror(reflecting: configuration).children
        {
            let name = try #require(child.label)
            if name == "name" || name == "pool" { continue }
            let shown = try #require(knobs[name], "\(name) is not in docs/pool.md")
            // What is nil is described in words.
            if let value = Self.words(child.value) { #expect(shown == value, "\(name)") }
            checked += 1
        }
        #expect(checked == 19)
    }

    /// As the document writes a default.
    private static func words(_ value: Any) -> String? {
        if let number = value as? Int {
            return number < 1_000 ? "\(number)" : "\(number / 1_000),\(String(1_000 + number % 1_000).dropFirst())"
        }
        guard let duration = value as? Duration else { return nil }
        let seconds = duration.components.seconds
        return seconds >= 120 && seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }

    @Test("every family that it names is one of the pool's, and every one of the pool's is named")
    func families() {
        var named = Set(document.matches(of: /`((db_client|poolscope)_\w+)`/).map { String($0.1) })
        named.remove("db_client_connection_pool_name")
        #expect(named == Set(PoolMetrics.families.map(\.name)))
    }
}
