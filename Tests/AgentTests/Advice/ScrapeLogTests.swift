import Advisor
import Testing
import WebServer

@testable import Agent

@Suite("Who asks the agent for its metrics")
struct ScrapeLogTests {
    @Test("two answers within five minutes are somebody who watches, one is not")
    func scraped() {
        let log = ScrapeLog(startedAt: 1_000)
        #expect(log.facts(at: 1_299).reason?.contains("has run for 4 min 59 s only") == true)
        #expect(log.facts(at: 1_300).value == MonitoringFacts(isScraped: false, source: .agent))
        log.note(at: 1_400)
        #expect(log.facts(at: 1_401).value?.isScraped == false)
        log.note(at: 1_500)
        #expect(log.facts(at: 1_700).value?.isScraped == true)
        #expect(log.facts(at: 1_701).value?.isScraped == false, "the first is too long ago")
        log.note(at: 1_750)
        #expect(log.facts(at: 1_800).value?.isScraped == true)
    }

    @Test("two answers say it before five minutes have passed")
    func early() {
        let log = ScrapeLog(startedAt: 1_000)
        log.note(at: 1_001)
        #expect(log.facts(at: 1_020).value == nil)
        log.note(at: 1_016)
        #expect(log.facts(at: 1_020).value?.isScraped == true)
    }

    @Test("an answer to /metrics is noted; a refusal, and other pages, are not")
    func pages() {
        let store = SnapshotStore(targets: [])
        let log = ScrapeLog(startedAt: 0)
        let router = AgentRoutes.router(
            store: store, status: StatusBoard(store: store, version: "1.2.3"), scrapes: log)
        for path in ["/", "/api/v1/status", "/-/healthy"] {
            _ = router.reply(to: HTTPRequest(path: path))
            _ = router.reply(to: HTTPRequest(path: path))
        }
        let query = [HTTPRequest.QueryItem(name: "name[]", value: "misspelt")]
        for _ in 0..<2 { #expect(router.reply(to: HTTPRequest(path: "/metrics", query: query)).status == 400) }
        #expect(log.facts(at: WallTime.now).value?.isScraped == false)
        for _ in 0..<2 { #expect(router.reply(to: HTTPRequest(path: "/metrics")).status == 200) }
        #expect(log.facts(at: WallTime.now).value?.isScraped == true)
    }
}
