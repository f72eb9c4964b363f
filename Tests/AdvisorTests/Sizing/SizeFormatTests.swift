import Foundation
import TestSupport
import Testing

@testable import Advisor

/// Whole texts of every format, so that a changed setting shows in the diff.
///
/// `UPDATE_GOLDEN=1 swift test --filter SizeFormatTests` writes the files anew.
@Suite("Formats of sizes")
struct SizeFormatTests {
    struct Example: Sendable, CustomStringConvertible {
        let description: String
        let report: @Sendable () throws -> SizeReport
    }

    static let examples = [
        Example(description: "formula") {
            try Sizing.report(SizeRequest(formula: SizingFormula(cores: 4, spindles: 1)))
        },
        Example(description: "measured") {
            try Sizing.report(
                SizeRequest(formula: SizingFormula(cores: 8), poolers: 2),
                measurement: bouncer([
                    .init(key: PoolKey(database: "shop", user: "web"), load: 5.2),
                    .init(key: PoolKey(database: "jobs", user: "worker"), load: 0.4),
                ]), slots: SlotBudget(usable: 97))
        },
        Example(description: "one-pool") {
            try Sizing.report(
                SizeRequest(), measurement: bouncer([.init(key: PoolKey(database: "shop", user: "web"), load: 5.2)]))
        },
    ]

    private static func bouncer(_ pools: [LoadMeasurement.Pool]) -> LoadMeasurement {
        LoadMeasurement(
            origin: .pgbouncer, holder: .transaction, window: 30, readings: 31, arrivals: 12_000, arrivalRate: 400,
            workingShare: 0.8, pools: pools, parts: [5.4, 5.7, 5.5, 5.8, 6.4, 4.8], waitingShare: 0.03,
            isSampled: false,
            resets: 0)
    }

    @Test("every format as it was", arguments: examples, SizeFormats.all.map(\.name))
    func golden(example: Example, format: String) throws {
        let text = try #require(SizeFormats.named(format)).render(try example.report()) + "\n"
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/size-\(example)-\(format).txt")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test("the formats are those that the command names, each once")
    func names() {
        let names = SizeFormats.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(SizeFormats.named("xml") == nil)
    }

    @Test("names from a server cannot break out of a line, a comment or a statement")
    func hostileNames() throws {
        let hostile = "x\n; DROP\u{2028}TABLE'\"`"
        let pools = [
            LoadMeasurement.Pool(key: PoolKey(database: hostile, user: hostile), load: 6),
            LoadMeasurement.Pool(key: PoolKey(database: "b", user: hostile), load: 1),
        ]
        for count in 1...2 {
            let report = try Sizing.report(SizeRequest(), measurement: Self.bouncer(Array(pools.prefix(count))))
            for format in SizeFormats.all {
                let text = format.render(report)
                // JSON escapes, and says what is there.
                if format.name == "json" {
                    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
                } else {
                    #expect(!text.contains("\n; DROP"), "\(format.name)")
                    #expect(!text.contains("\u{2028}"), "\(format.name)")
                }
                if format.name == "postgres" { #expect(text.contains("ALTER ROLE app SET")) }
            }
        }
    }

    @Test(
        "a role whose name is a word of SQL, or needs quotes, is not written",
        arguments: ["user", "Web", "1a", "a-b", ""])
    func unusualRole(name: String) throws {
        let pool = LoadMeasurement.Pool(key: PoolKey(database: "shop", user: name), load: 3)
        let report = try Sizing.report(SizeRequest(), measurement: Self.bouncer([pool]))
        #expect(PoolSettings(report).role == "app")
        #expect(PoolSettings(report).database == "shop")
    }

    @Test("the reserve never exceeds what the slots leave")
    func reserve() throws {
        func reserve(usable: Int) throws -> Int {
            let pool = LoadMeasurement.Pool(key: PoolKey(database: "shop", user: "web"), load: 8)
            return PoolSettings(
                try Sizing.report(
                    SizeRequest(), measurement: Self.bouncer([pool]), slots: SlotBudget(usable: usable))
            ).reserve
        }
        #expect(try reserve(usable: 97) == 4)
        #expect(try reserve(usable: 26) == 2)
        #expect(try reserve(usable: 20) == 0)
    }
}
