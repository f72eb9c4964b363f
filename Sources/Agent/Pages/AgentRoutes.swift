import WebServer

/// The agent's pages. None of them asks a database: they show what the store holds.
enum AgentRoutes {
    /// - Parameter scrapes: is told of each answer to `/metrics`.
    static func router(store: SnapshotStore, status: StatusBoard, scrapes: ScrapeLog? = nil) -> Router {
        let metrics = MetricsPage(store: store)
        let style = asset("text/css", StatusStyle.css)
        let script = asset("text/javascript", StatusScript.javascript)
        let icon = asset("image/svg+xml", StatusStyle.icon)
        return Router([
            Route(path: "/") { status.page(withSessions: $0.isAuthenticated) },
            Route(path: "/api/v1/status") { status.json(withSessions: $0.isAuthenticated) },
            Route(path: "/status.css") { _ in style },
            Route(path: "/status.js") { _ in script },
            Route(path: "/status.svg") { _ in icon },
            Route(path: "/metrics") { request in
                let reply = metrics.reply(to: request)
                if reply.status == 200 { scrapes?.note(at: WallTime.now) }
                return reply
            },
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

    /// A part of a page; asked for anew each time, since the next version's may differ.
    private static func asset(_ contentType: String, _ text: String) -> PreparedReply {
        PreparedReply(
            status: 200, contentType: contentType, headers: [("Cache-Control", "no-cache")], body: Array(text.utf8))
    }

    private static func text(_ status: Int, _ text: String) -> PreparedReply {
        PreparedReply(status: status, text: text)
    }
}
