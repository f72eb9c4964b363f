import Demo
import Foundation
import TestSupport
import Testing

@Suite("The status page in a browser", .timeLimit(.minutes(10)))
struct StatusPageTests {
    private static let views = [
        Browser.View("status-light", width: 1_100, height: 760),
        Browser.View("status-dark", width: 1_100, height: 760, dark: true),
        Browser.View("status-phone", width: 390, height: 844, touch: true, scale: 2),
    ]

    /// The rows of a table as the browser has them, and the page's time before and after it has renewed itself.
    private static let script = """
        new Promise((done) => {
          const time = () => document.querySelector("#freshness time").dateTime;
          const before = time();
          const timer = setInterval(() => {
            if (time() === before) return;
            clearInterval(timer);
            const rows = [...document.querySelectorAll("#pools tbody tr")].map(
              (row) => [...row.children].map((cell) => cell.textContent));
            done(JSON.stringify({ before, after: time(), rows, title: document.title }));
          }, 50);
        })
        """

    private struct Seen: Decodable {
        let before: String
        let after: String
        let rows: [[String]]
        let title: String
    }

    @Test("its figures are those of /metrics, it renews itself, and neither axe, the console nor the policy complains")
    func page() async throws {
        try await withFullPool { poolscope in
            let busyServer = ["pooler": "server", "state": "busy"]
            let metrics = try await poolscope.metrics("the pool is full") {
                $0.series("poolscope_pool_waiting_clients", ["user": "app"]) == 3
                    && $0.series("poolscope_pool_connections", busyServer) != nil
            }
            let url = try await poolscope.url()
            let shots = ProcessInfo.processInfo.environment["UPDATE_SCREENSHOTS"] == nil ? nil : Self.documentation
            if let shots { try FileManager.default.createDirectory(atPath: shots, withIntermediateDirectories: true) }
            let look = try await Browser.look(
                at: url + "/", in: Self.views, once: "document.title.includes('problem')", evaluate: Self.script,
                shots: shots)
            #expect(look.messages == [])
            for view in look.views {
                #expect(view.violations == [], "\(view.name)")
                #expect(view.overflow == 0, "\(view.name) is as wide as its window")
            }
            let seen = try JSONDecoder().decode(Seen.self, from: Data(try #require(look.value).utf8))
            #expect(seen.after > seen.before)
            #expect(seen.title == "Poolscope: 2 problems")
            let row = try #require(seen.rows.first { $0.first == "shop/app on pooler" })
            #expect(row[1] == "● 100 %" && row[2] == "▲ 3" && row[5] == "2 of 2")
            #expect(metrics.series("poolscope_pool_saturation_ratio", ["user": "app"]) == 1)
            #expect(metrics.series("poolscope_pool_size", ["user": "app"]) == 2)
            let slots = try #require(seen.rows.first { $0.first == "slots of server" })
            let busy = try #require(metrics.series("poolscope_pool_connections", busyServer))
            #expect(slots[5] == "\(Int(busy)) of 97")
        }
    }

    @Test("when the agent does not answer, the page says that its figures are old")
    func stale() async throws {
        try await withFullPool { poolscope in
            let script = """
                window.fetch = () => Promise.reject(new Error("gone"));
                new Promise((done) => {
                  const timer = setInterval(() => {
                    if (!document.body.classList.contains("stale")) return;
                    clearInterval(timer);
                    done(document.getElementById("freshness").textContent);
                  }, 50);
                })
                """
            let look = try await Browser.look(
                at: try await poolscope.url() + "/", in: [Browser.View("stale", width: 900, height: 700)],
                evaluate: script)
            #expect(look.value?.hasPrefix("No answer from Poolscope since ") == true)
        }
    }

    private static let documentation = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/pictures").path()

    /// An agent beside a pool of two connections that are both lent, with three more clients in the queue, and a target
    /// that does not answer.
    private func withFullPool(_ body: @Sendable (RunningPoolscope) async throws -> Void) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope", "default_pool_size": "2"],
                users: ["app": "", "poolscope": ""])
            let configuration = try directory.write(
                """
                listen: "127.0.0.1:0"
                targets:
                  - {name: server, cluster: orders, dsn: "\(server.dsn(user: "poolscope"))"}
                  - {name: pooler, cluster: orders, kind: pgbouncer, dsn: "\(bouncer.dsn(user: "poolscope"))"}
                  - {name: replica, cluster: orders, dsn: "host=127.0.0.1 port=1 user=poolscope dbname=postgres"}
                """, to: "poolscope.yml")
            try await withThrowingTaskGroup(of: Void.self) { group in
                let dsn = bouncer.dsn(database: "shop", user: "app")
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            _ = try await runTool(
                                "psql", ["-X", "-d", dsn, "-c", "SELECT pg_sleep(300)"], timeout: .seconds(300))
                        } catch is CancellationError {}
                    }
                }
                defer { group.cancelAll() }
                try await withPoolscope(["serve", "--config", configuration, "--log-level", "debug"], body)
            }
        }
    }
}
