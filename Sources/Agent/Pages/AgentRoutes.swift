import WebServer

/// The agent's pages. None of them asks a database: they show what the store holds.
enum AgentRoutes {
    static func router(store: SnapshotStore, version: String) -> Router {
        let metrics = MetricsPage(store: store)
        return Router([
            Route(path: "/") { _ in
                PreparedReply(
                    status: 200, contentType: "text/html; charset=utf-8",
                    headers: [("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")],
                    body: Array(LandingPage.html(version: version, statuses: store.current.statuses).utf8))
            },
            Route(path: "/metrics") { metrics.reply(to: $0) },
            Route(path: "/-/healthy") { _ in text(200, "Poolscope is healthy.\n") },
            Route(path: "/-/ready") { _ in readiness(store.current.statuses) },
        ])
    }

    private static func readiness(_ statuses: [TargetStatus]) -> PreparedReply {
        let untried = statuses.filter { !$0.wasTried }.map(\.profile.name)
        guard !untried.isEmpty else { return text(200, "Poolscope is ready.\n") }
        let shown = untried.prefix(20).joined(separator: ", ") + (untried.count > 20 ? ", …" : "")
        return text(503, "Not ready: not every target has been tried yet: \(shown)\n")
    }

    private static func text(_ status: Int, _ text: String) -> PreparedReply {
        PreparedReply(status: status, text: text)
    }
}
