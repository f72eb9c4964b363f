import Foundation
import Observations
import Testing
import WebServer

@testable import Agent

@Suite("Session details")
struct SessionDetailsTests {
    private func time(_ seconds: Int) -> ServerTime { ServerTime(microseconds: Int64(seconds) * 1_000_000) }

    private func row(
        _ pid: Int32, _ state: BackendState?, since: Int, transaction: Int? = nil, wait: (String, String)? = nil
    ) -> ActivityRow {
        ActivityRow(
            pid: pid, backendStart: time(0), transactionStart: transaction.map(time), queryStart: time(since),
            stateChange: time(since), state: state, database: "shop", user: "web", applicationName: "app<\(pid)>",
            waitEventType: wait?.0, waitEvent: wait?.1, clientAddress: "10.0.0.1", clientPort: 5)
    }

    private var sample: ActivitySample {
        ActivitySample(
            sampledAt: time(1_000),
            rows: [
                row(1, .idle, since: 10), row(2, .active, since: 990),
                row(3, .idleInTransaction, since: 900, transaction: 800),
                row(4, .active, since: 950, transaction: 940, wait: ("Lock", "transactionid")),
                row(5, .active, since: 400, transaction: 400), row(6, nil, since: 1),
            ])
    }

    @Test("those who block come first, then those who wait, then the oldest; the idle and the hidden are left out")
    func order() {
        let links = PoolerLinks([
            PoolerLink(
                backendPID: 3, poolerPort: nil, clientApplication: "checkout", clientAddress: "10.9.9.9",
                clientUser: "web")
        ])
        let details = SessionDetails(sample, of: "server", waits: [LockWait(pid: 4, blockers: [3, 0])], links: links)
        #expect(details.sessions.map(\.pid) == [3, 4, 5, 2])
        #expect(details.omitted == 0)
        let blocker = details.sessions[0]
        #expect(blocker.blocks == 1 && blocker.blockedBy == [] && blocker.state == "idle in transaction")
        #expect(blocker.stateSeconds == 100 && blocker.transactionSeconds == 200)
        #expect(blocker.clientAddress == "10.9.9.9" && blocker.clientApplication == "checkout")
        let waiter = details.sessions[1]
        #expect(waiter.blockedBy == [0, 3] && waiter.waitEventType == "Lock" && waiter.waitEvent == "transactionid")
        #expect(waiter.clientAddress == "10.0.0.1" && waiter.clientApplication == nil)
    }

    @Test("no more than twenty of a server, and ten blockers of each")
    func bounded() {
        let rows = (1...100).map { row(Int32($0), .active, since: 1_000 - $0) }
        let waits = (1...50).map { LockWait(pid: Int32($0), blockers: (51...99).map(Int32.init)) }
        let details = SessionDetails(
            ActivitySample(sampledAt: time(1_000), rows: rows), of: "server", waits: waits, links: .none)
        #expect(details.sessions.count == SessionDetails.limit && details.omitted == 80)
        #expect(details.sessions.allSatisfy { $0.blockedBy.count <= SessionDetails.blockerLimit })
    }

    private func board() -> StatusBoard {
        let profile = TargetProfile(name: "server", kind: .postgres)
        let store = SnapshotStore(targets: [profile])
        let details = SessionDetails(sample, of: "server", waits: [LockWait(pid: 4, blockers: [3])], links: .none)
        let status = TargetStatus(profile: profile, state: .up, sentence: nil, version: "15.4", wasTried: true)
        store.publish(status, details, at: 0) { .empty }
        return StatusBoard(store: store, version: "1")
    }

    @Test("whoever is known sees them on the page and in the JSON; whoever is not sees no trace of them")
    func who() throws {
        let board = board()
        func text(_ reply: PreparedReply) -> String { String(decoding: reply.body, as: UTF8.self) }
        let pages = [text(board.page()), text(board.json())]
        for page in pages {
            for word in ["\"sessions\"", "app&lt;", "app<", "10.0.0.1", "transactionid", "blocked_by"] {
                #expect(!page.contains(word), "\(word)")
            }
        }
        let page = text(board.page(withSessions: true))
        #expect(page.contains("<section id=\"sessions\">") && page.contains("app&lt;3&gt;"))
        #expect(page.contains("<th scope=\"row\">3 on server</th>") && page.contains("Lock: transactionid"))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(board.json(withSessions: true).body)) as? [String: Any])
        let sessions = try #require(json["sessions"] as? [[String: Any]])
        #expect(sessions.map { $0["pid"] as? Int } == [3, 4, 5, 2])
        #expect(sessions[1]["blocked_by"] as? [Int] == [3])
        #expect(
            Set(sessions[1].keys) == [
                "target", "pid", "user", "database", "application", "state", "state_seconds", "transaction_seconds",
                "wait_event_type", "wait_event", "blocked_by", "blocks", "client_address",
            ])
        #expect((json["omitted"] as? [String: Any])?["sessions"] as? Int == 0)
        #expect(text(board.page()) == pages[0], "the two are kept apart")
    }

    @Test("the routes show them to requests that are authenticated, to nobody else")
    func routes() {
        let profile = TargetProfile(name: "server", kind: .postgres)
        let router = AgentRoutes.router(store: SnapshotStore(targets: [profile]), status: board())
        for path in ["/", "/api/v1/status"] {
            for isAuthenticated in [true, false] {
                let reply = router.reply(to: HTTPRequest(path: path, isAuthenticated: isAuthenticated))
                #expect(String(decoding: reply.body, as: UTF8.self).contains("10.0.0.1") == isAuthenticated)
            }
        }
    }
}
