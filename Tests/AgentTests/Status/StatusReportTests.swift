import Collectors
import Exposition
import Foundation
import Observations
import PoolVocabulary
import Testing
import WebServer

@testable import Agent

@Suite("The status report")
struct StatusReportTests {
    private func profile(_ name: String, _ kind: TargetKind) -> TargetProfile {
        TargetProfile(name: name, kind: kind, cluster: "orders")
    }

    private func status(_ profile: TargetProfile, _ state: TargetState, _ sentence: String? = nil) -> TargetStatus {
        TargetStatus(profile: profile, state: state, sentence: sentence, version: "15.4", wasTried: true)
    }

    private func store() -> SnapshotStore {
        let pooler = profile("pooler", .pgbouncer)
        let server = profile("server", .postgres)
        let store = SnapshotStore(targets: [pooler, server, profile("gone", .postgres)])
        var pools = SnapshotBuilder(constant: [Label("target", "pooler")], isUp: true)
        for (user, busy, waiting, wait) in [("jobs", 1.0, 0.0, 0.0), ("web", 5, 12, 7.26)] {
            let labels = PoolFamilies.labels(pooler: "pgbouncer", database: "shop", user: user)
            pools.add(PoolFamilies.saturation, labels, busy / 5)
            pools.add(PoolFamilies.size, labels, 5)
            pools.add(PoolFamilies.connections, labels.adding("state", "busy"), busy)
            pools.add(PoolFamilies.waitingClients, labels, waiting)
            pools.add(PoolFamilies.oldestWait, labels, wait)
        }
        store.publish(pools.build(), status(pooler, .up), at: 0)
        var activity = SnapshotBuilder(constant: [Label("target", "server")], isUp: true)
        activity.add(SamplerFamilies.sampleTimestamp, ["collector": "activity"], 990)
        activity.add(SamplerFamilies.sampleTimestamp, ["collector": "settings"], 900)
        activity.add(OldestCollector.oldestTransaction, ["datname": "shop"], 400)
        activity.add(OldestCollector.oldestIdleInTransaction, ["datname": "shop"], 301)
        activity.add(BlockingCollector.blocked, ["datname": "shop"], 1)
        activity.add(BlockingCollector.longest, ["datname": "shop"], 65)
        activity.add(LeaksCollector.leaked, ["datname": "shop", "application_name": "a"], 2)
        activity.add(LeaksCollector.leaked, ["datname": "shop", "application_name": "b"], 3)
        store.publish(activity.build(), status(server, .up), at: 1)
        store.publish(.empty, status(profile("gone", .postgres), .refused, "no <route> to \"host\""), at: 2)
        return store
    }

    @Test("it has the figures of the snapshots, those in trouble first")
    func figures() throws {
        let store = store()
        let report = StatusReport(store.current, history: SaturationHistory(), version: "1.2.3", time: 1_000)
        #expect(report.targets.map(\.name) == ["gone", "pooler", "server"])
        #expect(report.targets.map(\.sampleAgeSeconds) == [nil, nil, 10])
        #expect(report.pools.map(\.user) == ["web", "jobs"])
        let pool = try #require(report.pools.first)
        #expect(pool.saturation == 1 && pool.size == 5 && pool.busy == 5 && pool.waitingClients == 12)
        #expect(report.databases.map(\.leakedConnections) == [5])
        #expect(
            report.troubles.map(\.sentence) == [
                "gone is not watched, refused: no <route> to \"host\"",
                "12 clients wait for shop/web on pooler, the first for 7.3 s",
                "1 session waits for a lock in shop on server, the longest for 1 min 5 s",
                "a session in shop on server has been idle in a transaction for 5 min 1 s",
                "5 connections in shop on server look leaked",
            ])
        #expect(report.troubles.map(\.level) == [.critical, .critical, .warning, .warning, .warning])
    }

    @Test("the page says it in HTML without a script of its own, a style of its own or an asset from elsewhere")
    func page() {
        let store = store()
        let report = StatusReport(store.current, history: SaturationHistory(), version: "1<2", time: 80_000)
        let html = StatusPage.html(report)
        #expect(html.contains("<title>Poolscope: 5 problems</title>"))
        #expect(html.contains("no &lt;route&gt; to &quot;host&quot;"))
        #expect(html.contains("Version 1&lt;2."))
        #expect(html.contains("<time datetime=\"1970-01-01T22:13:20Z\">22:13:20</time>"))
        #expect(!html.contains("style=") && !html.contains("onclick") && !html.contains("http"))
        for link in ["/metrics", "/api/v1/status", "/-/healthy", "/-/ready"] {
            #expect(html.contains("href=\"\(link)\""))
        }
    }

    @Test("without trouble it says so")
    func fine() {
        let store = SnapshotStore(targets: [profile("server", .postgres)])
        store.publish(.empty, status(profile("server", .postgres), .up), at: 0)
        let html = StatusPage.html(
            StatusReport(store.current, history: SaturationHistory(), version: "1", time: 0))
        #expect(html.contains("<title>Poolscope: all well</title>"))
        #expect(html.contains("Nobody waits for a connection or a lock, and every target answers."))
        #expect(html.contains("No pool is known yet."))
    }

    @Test("no list is longer than its limit, and what is left out is told")
    func bounded() {
        let profiles = (0..<250).map { profile("t\($0)", .postgres) }
        let store = SnapshotStore(targets: profiles)
        let report = StatusReport(store.current, history: SaturationHistory(), version: "1", time: 0)
        #expect(report.targets.count == StatusReport.rowLimit && report.omitted.targets == 50)
        #expect(StatusPage.html(report).contains("50 more rows are not shown"))
    }

    @Test("as JSON it has the documented keys, and what is not known is absent")
    func json() throws {
        let store = store()
        let board = StatusBoard(store: store, version: "1.2.3")
        board.record(SnapshotFigures(store.current.snapshots).all(PoolFamilies.saturation), at: 1_000)
        let reply = board.json()
        #expect(reply.header("Content-Type") == "application/json")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any])
        #expect(Set(json.keys) == ["version", "time", "targets", "pools", "databases", "findings", "omitted"])
        let pool = try #require((json["pools"] as? [[String: Any]])?.first)
        #expect(pool["oldest_wait_seconds"] as? Double == 7.26)
        #expect(pool["exhaustion_seconds"] == nil)
        #expect(!String(decoding: reply.body, as: UTF8.self).contains("nan"))
    }

    @Test("each publication is rendered once, and the next one anew")
    func renderedOnce() {
        let store = store()
        let board = StatusBoard(store: store, version: "1")
        let first = board.page()
        #expect(board.page() === first)
        store.publish(.empty, status(profile("gone", .postgres), .refused), at: 2)
        #expect(board.page() !== first)
    }
}
