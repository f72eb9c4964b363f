import Testing

@testable import Advisor

@Suite("check statement-statistics")
struct StatementStatisticsLoadedTests {
    private func outcome(installed: Bool, words: [String: String]?) -> CheckOutcome {
        StatementStatisticsLoaded.run(
            SampleFacts.server { server in
                if !installed { server.identity.change { $0.statementsExtension = nil } }
                server.words = words.map { .known($0) } ?? .unknown(why: "not read")
            })
    }

    @Test("a missing extension is a remark, and what is loaded stays loaded")
    func missing() {
        #expect(
            outcome(installed: false, words: ["shared_preload_libraries": "auto_explain, timescaledb"]).remedyLines == [
                "ALTER SYSTEM SET shared_preload_libraries = 'auto_explain', 'timescaledb', 'pg_stat_statements';",
                "CREATE EXTENSION pg_stat_statements;",
            ])
        let loaded = outcome(installed: false, words: ["shared_preload_libraries": "pg_stat_statements"])
        #expect(loaded.remedyLines == ["CREATE EXTENSION pg_stat_statements;"])
        #expect(outcome(installed: false, words: nil).remedyLines == ["CREATE EXTENSION pg_stat_statements;"])
    }

    @Test("statements without ids are a remark")
    func noIDs() {
        #expect(
            outcome(installed: true, words: ["compute_query_id": "off"]).findings.map(\.subject) == ["compute_query_id"]
        )
    }

    @Test("both there pass, also where the words are not known")
    func passes() {
        #expect(outcome(installed: true, words: ["compute_query_id": "auto"]).isPassed)
        #expect(outcome(installed: true, words: nil).isPassed)
    }
}
