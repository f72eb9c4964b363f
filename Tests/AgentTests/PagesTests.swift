import Dispatch
import Exposition
import Locking
import Observations
import Testing
import WebServer

@testable import Agent

@Suite("Pages")
struct PagesTests {
    private let gauge = FamilyDescriptor("test_value", .gauge, help: "G.")

    private func snapshot(_ target: String, _ value: Double) -> Snapshot {
        var builder = SnapshotBuilder(constant: [Label("target", target)], isUp: true)
        builder.add(gauge, .none, value)
        return builder.build()
    }

    private func status(_ name: String, _ state: TargetState, sentence: String? = nil) -> TargetStatus {
        TargetStatus(
            profile: TargetProfile(name: name, kind: .postgres), state: state, sentence: sentence, version: "15.18",
            wasTried: state != .connecting)
    }

    private func store(_ names: String...) -> SnapshotStore {
        SnapshotStore(targets: names.map { TargetProfile(name: $0, kind: .postgres) })
    }

    @Test("metrics are encoded once per publication and shared by all requests, and anew after the next")
    func encodedOnce() {
        let store = store("a")
        let page = MetricsPage(store: store)
        store.publish(snapshot("a", 1), status("a", .up), at: 0)
        let first = page.reply(to: HTTPRequest(path: "/metrics"))
        #expect(page.reply(to: HTTPRequest(path: "/metrics")) === first)
        store.publish(snapshot("a", 2), status("a", .up), at: 0)
        let second = page.reply(to: HTTPRequest(path: "/metrics"))
        #expect(second !== first)
        #expect(String(decoding: second.body, as: UTF8.self).contains("test_value{target=\"a\"} 2"))
        #expect(String(decoding: first.body, as: UTF8.self).contains("test_value{target=\"a\"} 1"), "still whole")
    }

    @Test("concurrent first requests share one encoding, also while targets are published")
    func concurrent() {
        let store = store("a", "b")
        let page = MetricsPage(store: store)
        store.publish(snapshot("a", 1), status("a", .up), at: 0)
        let replies = Guarded<Set<ObjectIdentifier>>([])
        let kept = Guarded<[PreparedReply]>([])
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            let reply = page.reply(to: HTTPRequest(path: "/metrics"))
            replies.withLock { _ = $0.insert(ObjectIdentifier(reply)) }
            kept.withLock { $0.append(reply) }
        }
        #expect(replies.withLock(\.count) == 1)
        let torn = Guarded(0)
        DispatchQueue.concurrentPerform(iterations: 200) { iteration in
            if iteration.isMultiple(of: 4) {
                store.publish(snapshot("b", Double(iteration)), status("b", .up), at: 1)
            } else {
                let text = String(decoding: page.reply(to: HTTPRequest(path: "/metrics")).body, as: UTF8.self)
                if !text.contains("test_value{target=\"a\"} 1") { torn.withLock { $0 += 1 } }
            }
        }
        #expect(torn.withLock { $0 } == 0, "every page is whole")
        #expect(page.reply(to: HTTPRequest(path: "/metrics")) === page.reply(to: HTTPRequest(path: "/metrics")))
        #expect(
            String(decoding: page.reply(to: HTTPRequest(path: "/metrics")).body, as: UTF8.self).contains("target=\"b\"")
        )
    }

    @Test("a page that is not ready names the targets that have not been tried; health does not depend on them")
    func readiness() {
        let store = store("a", "b")
        let router = AgentRoutes.router(
            store: store, status: StatusBoard(store: store, version: "1.2.3"))
        func get(_ path: String) -> (Int, String) {
            let reply = router.reply(to: HTTPRequest(path: path))
            return (reply.status, String(decoding: reply.body, as: UTF8.self))
        }
        #expect(get("/-/ready") == (503, "Not ready: not every target has been tried yet: a, b\n"))
        #expect(get("/-/healthy").0 == 200)
        store.publish(.empty, status("a", .up), at: 0)
        #expect(get("/-/ready") == (503, "Not ready: not every target has been tried yet: b\n"))
        store.publish(.empty, status("b", .refused), at: 1)
        #expect(get("/-/ready").0 == 200, "tried, although it is down")
    }

    @Test("the status page, its parts and its JSON are there, and the page allows nothing from elsewhere")
    func status() {
        let store = store("a")
        let router = AgentRoutes.router(store: store, status: StatusBoard(store: store, version: "1.2.3"))
        let types = [
            "/": "text/html; charset=utf-8", "/api/v1/status": "application/json",
            "/status.css": "text/css; charset=utf-8", "/status.js": "text/javascript; charset=utf-8",
            "/status.svg": "image/svg+xml",
        ]
        for (path, type) in types {
            let reply = router.reply(to: HTTPRequest(path: path))
            #expect(reply.status == 200 && reply.header("Content-Type") == type, "\(path)")
        }
        let policy = router.reply(to: HTTPRequest(path: "/")).header("Content-Security-Policy") ?? ""
        #expect(policy.hasPrefix("default-src 'none'"))
        #expect(!policy.contains("unsafe") && !policy.contains("http"))
    }
}
