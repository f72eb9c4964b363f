import Observations
import Testing

@testable import Collectors

@Suite("Source of pg_stat_statements")
struct StatementStatisticsSourceTests {
    private func statement(version: String?, schema: String = "monitor", missing: [String] = []) -> String? {
        var facts = Facts()
        facts.set(
            ServerIdentity(
                version: "15.18", fullVersion: "", startedAt: nil, isReplica: false, missingPrivileges: missing,
                statementsExtension: version.map { InstalledExtension(schema: schema, version: $0) }),
            for: IdentitySource.self)
        return StatementStatisticsSource.statement(in: SourceContext(serverVersion: 150_018, facts: facts))
    }

    @Test("nothing is asked before the identity is known, without the extension, or where its rows are hidden")
    func silent() {
        #expect(StatementStatisticsSource.statement(in: SourceContext(serverVersion: 150_018)) == nil)
        #expect(statement(version: nil) == nil)
        #expect(statement(version: "1.2") == nil)
        #expect(statement(version: "1.10", missing: ["pg_monitor", "pg_read_all_stats"]) == nil)
        #expect(statement(version: "1.10", missing: ["pg_read_all_settings"]) != nil)
    }

    @Test(
        "columns are those of the extension's version, and the text is never among them",
        arguments: [
            ("1.4", "total_time", false, false), ("1.7", "total_time", false, false),
            ("1.8", "total_exec_time", false, false), ("1.9", "total_exec_time", true, false),
            ("1.10", "total_exec_time", true, false), ("1.11", "total_exec_time", true, true),
            ("2.0", "total_exec_time", true, true),
        ])
    func columns(version: String, total: String, hasTopLevel: Bool, hasSince: Bool) throws {
        let text = try #require(statement(version: version))
        #expect(text.contains("s.\(total) AS"))
        #expect(text.contains("AND toplevel") == hasTopLevel)
        #expect(text.contains("NULL::timestamptz AS stats_since") != hasSince)
        #expect(text.contains("showtext := false") && text.contains("LIMIT 20001"))
        #expect(!text.contains(" query"))
    }

    @Test("the schema's name is an identifier, whatever is in it")
    func quoting() throws {
        let text = try #require(statement(version: "1.10", schema: "my \"odd\" schema"))
        #expect(text.contains("FROM \"my \"\"odd\"\" schema\".pg_stat_statements("))
    }

    private func table(rows: [[String?]]) -> TextTable {
        TextTable(
            columns: [
                "started_at", "userid", "dbid", "datname", "queryid", "calls", "milliseconds", "deviation",
                "stats_since",
            ], rows: rows)
    }

    @Test("times are seconds; ids are signed")
    func decoding() throws {
        let read = try StatementStatisticsSource.decode(
            table(rows: [[nil, "10", "5", "shop", "-42", "3", "1500.5", "20", nil]]))
        #expect(read.isComplete)
        #expect(
            read.rows == [
                StatementCounters(
                    userID: 10, databaseID: 5, database: "shop", queryID: -42, calls: 3, seconds: 1.5005,
                    deviation: 0.02)
            ])
    }

    @Test("hidden or too many rows are no rows, and said to be")
    func incomplete() throws {
        let row = [nil, "10", "5", "shop", "-42", "3", "1500.5", "20", nil]
        let hidden = [nil, "10", "5", "shop", nil, "3", "1500.5", "20", nil]
        #expect(try !StatementStatisticsSource.decode(table(rows: [row, hidden])).isComplete)
        let many = Array(repeating: row, count: StatementStatisticsSource.rowLimit + 1)
        let read = try StatementStatisticsSource.decode(table(rows: many))
        #expect(!read.isComplete && read.rows.isEmpty)
        #expect(try StatementStatisticsSource.decode(table(rows: Array(many.dropLast()))).isComplete)
    }
}
