import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("Slots between samples")
struct SlotUseTests {
    private let rows = [
        ActivityRow(pid: 1, database: "shop", user: "web"), ActivityRow(pid: 2, database: "shop", user: "web"),
        ActivityRow(pid: 3, database: "shop", user: "web", backendType: "parallel worker"),
        ActivityRow(pid: 4, database: "shop", backendType: "autovacuum worker"),
        ActivityRow(pid: 5, database: "shop", user: "replica", backendType: "walsender"),
        ActivityRow(pid: 6, user: "replica", backendType: "walsender"),
        ActivityRow(pid: 7, backendType: "checkpointer"),
        // PostgreSQL 18: a client before its database is known.
        ActivityRow(pid: 8, state: .starting),
    ]

    @Test("a count is corrected by what the last sample told apart; a sample is exact again")
    func counts() {
        var facts = Facts()
        var use = SlotUse()
        facts.beginTick()
        facts.set(ActivitySample(sampledAt: moment(1), rows: rows), for: ActivitySource.self)
        use.observe(facts)
        #expect(use.busy == 3 && use.countedAt == moment(1))
        // Five of the eight have a database.
        for (second, count, busy) in [(2.0, 5, 3), (3, 12, 10), (4, 4, 2), (5, 1, 0)] {
            facts.beginTick()
            facts.set(BackendCount(sampledAt: moment(second), inDatabases: count), for: BackendCountSource.self)
            use.observe(facts)
            #expect(use.busy == busy && use.countedAt == moment(second))
        }
        facts.beginTick()
        use.observe(facts)
        #expect(use.busy == 0 && use.countedAt == nil, "nothing was read: nothing is new")
        facts.beginTick()
        facts.set(ActivitySample(sampledAt: moment(6), rows: Array(rows.prefix(2))), for: ActivitySource.self)
        use.observe(facts)
        #expect(use.busy == 2 && use.countedAt == moment(6))
    }

    @Test("what label rules make of a database's name does not matter, and without a sample nothing is known")
    func rewritten() throws {
        var facts = Facts()
        var use = SlotUse()
        facts.set(BackendCount(sampledAt: moment(1), inDatabases: 5), for: BackendCountSource.self)
        use.observe(facts)
        #expect(use.busy == nil && use.countedAt == nil)
        var renamed = rows
        let nothing = try LabelReplacement("", groupCount: 0)
        LabelRules([LabelRule(.database, .replace, pattern: nil, replacement: nothing)]).apply(to: &renamed)
        facts.set(ActivitySample(sampledAt: moment(2), rows: renamed), for: ActivitySource.self)
        use.observe(facts)
        facts.beginTick()
        facts.set(BackendCount(sampledAt: moment(3), inDatabases: 6), for: BackendCountSource.self)
        use.observe(facts)
        #expect(use.busy == 4)
        use.miss()
        #expect(use.busy == nil && use.countedAt == nil)
    }

    @Test("the count's row is read by name, and anything else is an error")
    func decoding() throws {
        let table = BinaryTable(
            columns: ["backends", "sampled_at"], rows: [["backends": .int8(42), "sampled_at": .time(7)]])
        #expect(try BackendCountSource.decode(table) == BackendCount(sampledAt: moment(7), inDatabases: 42))
        for columns in [["backends"], ["sampled_at"]] {
            #expect(throws: DecodeError.self) {
                try BackendCountSource.decode(
                    BinaryTable(columns: columns, rows: [["backends": .int8(42), "sampled_at": .time(7)]]))
            }
        }
        for row: [String: BinaryTable.Value] in [["backends": .int8(1)], ["sampled_at": .time(1)]] {
            #expect(throws: DecodeError.self) {
                try BackendCountSource.decode(BinaryTable(columns: ["backends", "sampled_at"], rows: [row]))
            }
        }
    }
}
