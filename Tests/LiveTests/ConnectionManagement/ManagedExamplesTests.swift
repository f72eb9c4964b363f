import Foundation
import TestSupport
import Testing

/// What stands in docs/connection-management.md is what runs.
@Suite("The examples of docs/connection-management.md")
struct ManagedExamplesTests {
    private let document: ManagedDocument

    init() throws {
        document = try ManagedDocument()
    }

    @Test("it quotes every example file, whole and word for word")
    func files() throws {
        let folder = ManagedDocument.project.appending(path: ManagedDocument.examples).path()
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".py") || $0.hasSuffix(".js") }
        #expect(files.count >= 7)
        for file in files {
            let path = "\(ManagedDocument.examples)/\(file)"
            let quoted = document.blocks.filter { $0.file == path }
            #expect(quoted.map(\.code) == [try ManagedDocument.text(path)], "\(path)")
        }
        for block in document.blocks where block.language == "python" || block.language == "js" {
            #expect(block.file != nil, "an example that is not from a file is not run: \(block.code.prefix(60))")
        }
    }

    @Test("its Swift is from the compiled example of the pool")
    func swift() throws {
        func bare(_ code: String) -> String {
            code.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
        }
        let blocks = document.blocks.filter { $0.language == "swift" }
        #expect(!blocks.isEmpty)
        let source = bare(try ManagedDocument.text("Examples/PoolService/Orders.swift"))
        for block in blocks { #expect(source.contains(bare(block.code))) }
    }

    @Test("every other block but Go's is an example that a test runs by its name")
    func named() {
        let named = document.blocks.filter { !["python", "js", "swift", "go"].contains($0.language) }
        #expect(
            named.map { $0.example ?? "a block without a name: \($0.code.prefix(60))" } == [
                "size", "pgbouncer", "role-timeouts", "local-timeout", "connections", "cancel", "terminate", "drain",
            ])
    }

    @Test("the command for sizing says 9 for 4 cores and an SSD")
    func size() async throws {
        let words = try document.example("size").split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(words.first == "poolscope")
        let outcome = try await runTool(ProductsDirectory.poolscope, Array(words.dropFirst()))
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.hasPrefix("Pool size: 9 connections\n"), "\(outcome.output)")
    }

    @Test("every command that it names is one")
    func commands() async throws {
        let named = Set(document.text.matches(of: #/`poolscope ([a-z]+)/#).map { String($0.1) })
        #expect(named.isSuperset(of: ["cancel", "check", "drain", "serve", "sessions", "size", "terminate"]))
        for command in named {
            let outcome = try await runTool(ProductsDirectory.poolscope, [command, "--help"])
            #expect(outcome.status == 0 && outcome.output.contains("USAGE: poolscope \(command)"), "\(command)")
        }
    }

    @Test("PgBouncer starts with the settings and has every one of them")
    func pgbouncer() async throws {
        let lines = try document.example("pgbouncer").split(separator: "\n").filter { !$0.hasPrefix(";") }
        let settings = Dictionary(
            lines.map { line in
                let sides = line.split(separator: "=").map { $0.trimmingCharacters(in: .whitespaces) }
                return (sides[0], sides[1])
            }, uniquingKeysWith: { first, _ in first })
        #expect(settings.count == 8)
        try await ManagedShop.with(pooler: settings) { shop in
            let rows = try await eventually("the console answers") {
                try await shop.pooler.console("SHOW CONFIG")
            } is: {
                !$0.isEmpty
            }
            let config = Dictionary(rows.map { ($0["key"] ?? "", $0["value"] ?? "") }) { first, _ in first }
            for (key, value) in settings { #expect(config[key] == value, "\(key)") }
        }
    }

    @Test("the statements for watching run, and find a statement of more than 5 s first")
    func connections() async throws {
        let statements = try document.example("connections")
        try await ManagedShop.with { shop in
            try await withPsql(shop.server, application: "nightly", script: "SELECT pg_sleep(600)") {
                let answer = try await eventually("the statement is old enough") {
                    try await shop.ask(statements).split(separator: "\n").map(String.init)
                } is: { lines in
                    lines.contains { $0.contains("|nightly|00:00:") && $0.hasSuffix("|SELECT pg_sleep(600)") }
                }
                #expect(answer.contains("shop|nightly|active|1"), "\(answer)")
            }
        }
    }
}
