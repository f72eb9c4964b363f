import Foundation
import Locking
import WebServer

/// What `/` and `/api/v1/status` show: the store's view and the last minutes of every pool, rendered at most once per
/// publication and shared by all who ask.
final class StatusBoard: Sendable {
    private enum Form: Hashable {
        case page(withSessions: Bool)
        case json(withSessions: Bool)
    }

    private struct Rendered {
        var generation: UInt64?
        var replies: [Form: SharedOnce<PreparedReply>] = [:]
    }

    private let store: SnapshotStore
    private let version: String
    // Guards the last minutes of the pools; copied out to render.
    private let history = Guarded(SaturationHistory())
    // Guards which generation the replies belong to, and which there are; never the rendering.
    private let rendered = Guarded(Rendered())

    init(store: SnapshotStore, version: String) {
        self.store = store
        self.version = version
    }

    /// Remembers the pools as they are now; call it every second or so.
    /// - Parameter time: In seconds since 1970.
    func record(at time: Double) {
        let saturations = StatusReport.saturations(store.current)
        history.withLock { $0.record(saturations, at: time) }
    }

    /// - Parameter withSessions: Whether whoever asks may see single sessions.
    func page(withSessions: Bool = false) -> PreparedReply { reply(.page(withSessions: withSessions)) }

    func json(withSessions: Bool = false) -> PreparedReply { reply(.json(withSessions: withSessions)) }

    /// - Parameter time: In seconds since 1970.
    func report(_ view: SnapshotStore.View, at time: Double, withSessions: Bool) -> StatusReport {
        StatusReport(
            view, history: history.withLock { $0 }, version: version, time: time, withSessions: withSessions)
    }

    private func reply(_ form: Form) -> PreparedReply {
        let (view, shared) = rendered.withLock { rendered in
            // Under the lock: a view from before would be taken for that of another's newer generation.
            let view = store.current
            if rendered.generation != view.generation { rendered = Rendered(generation: view.generation) }
            if let known = rendered.replies[form] { return (view, known) }
            let shared = SharedOnce<PreparedReply>()
            rendered.replies[form] = shared
            return (view, shared)
        }
        return shared.value { render(form, view) }
    }

    /// Scripts, styles and pictures from here only; nothing can be sent elsewhere, and no other page can frame this one.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private static let uncached = ("Cache-Control", "no-store")

    private func render(_ form: Form, _ view: SnapshotStore.View) -> PreparedReply {
        switch form {
        case .page(let withSessions):
            let report = report(view, at: WallTime.now, withSessions: withSessions)
            return PreparedReply(
                status: 200, contentType: "text/html",
                headers: [("Content-Security-Policy", Self.policy), ("Referrer-Policy", "no-referrer"), Self.uncached],
                body: Array(StatusPage.html(report).utf8))
        case .json(let withSessions):
            let report = report(view, at: WallTime.now, withSessions: withSessions)
            return PreparedReply(
                status: 200, contentType: "application/json", headers: [Self.uncached],
                body: StatusJSON.encode(report))
        }
    }
}
