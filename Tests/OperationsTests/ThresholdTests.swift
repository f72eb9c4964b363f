import Operations
import Practice
import Testing

@Suite("thresholds")
struct ThresholdTests {
    @Test("the time of the latency objective is a bucket of the histogram, as the page writes it")
    func bucket() throws {
        let page = try Repository.text("Tests/AgentTests/Golden/postgres-up.prom")
        let bounds = Set(
            page.matches(of: /poolscope_query_duration_seconds_bucket\{[^\n]*le="([^"]+)"\}/).map { String($0.1) })
        #expect(bounds.contains("\(Thresholds.QueryObjective.duration)"))
        let rules = try Repository.text("alerts/poolscope.yml")
        let asked = Set(
            rules.matches(of: /poolscope_query_duration_seconds_bucket\{le="([^"]+)"\}/).map { String($0.1) })
        #expect(!asked.isEmpty && asked.isSubset(of: bounds))
    }

    @Test("what is critical is worse than what is a warning")
    func order() {
        #expect(Thresholds.PoolWait.warning < Thresholds.PoolWait.critical)
        #expect(Thresholds.IdleInTransaction.warning < Thresholds.IdleInTransaction.critical)
        #expect(Thresholds.Transaction.warning < Thresholds.Transaction.critical)
        #expect(Thresholds.ActiveSessions.perCoreWarning < Thresholds.ActiveSessions.perCoreCritical)
        #expect(Thresholds.Burn.slow < Thresholds.Burn.medium && Thresholds.Burn.medium < Thresholds.Burn.fast)
    }
}
