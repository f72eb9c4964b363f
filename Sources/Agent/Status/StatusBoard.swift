import Exposition
import Foundation
import Locking
import WebServer

/// What `/` and `/api/v1/status` show: the store's view and the last minutes of every pool.
final class StatusBoard: Sendable {
    private enum Form: Hashable {
        case page(withSessions: Bool)
        case json(withSessions: Bool)
    }

    private let version: String
    // Guards the last minutes of the pools; copied out to render.
    private let history = Guarded(SaturationHistory())
    private let replies: ReplyCache<Form>

    init(store: SnapshotStore, version: String) {
        replies = ReplyCache(store)
        self.version = version
    }

    /// Remembers how full pools are now; to be called at each tick.
    /// - Parameter time: In seconds since 1970.
    func record(_ saturations: [Labels: Double], at time: Double) {
        history.withLock { $0.record(saturations, at: time) }
    }

    /// - Parameter withSessions: Whether whoever asks may see single sessions.
    func page(withSessions: Bool = false) -> PreparedReply {
        replies.reply(.page(withSessions: withSessions)) { render($1, $0) }
    }

    func json(withSessions: Bool = false) -> PreparedReply {
        replies.reply(.json(withSessions: withSessions)) { render($1, $0) }
    }

    /// - Parameter time: In seconds since 1970.
    func report(_ view: SnapshotStore.View, at time: Double, withSessions: Bool) -> StatusReport {
        StatusReport(
            view, history: history.withLock { $0 }, version: version, time: time, withSessions: withSessions)
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
