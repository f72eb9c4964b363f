import Compression
import Exposition
import Locking
import WebServer

/// `/metrics`: in the format and coding that the client prefers, encoded at most once per publication, at the first
/// request after it, and shared by all requests.
///
/// Nothing is read from a database here, so an answer takes the time of its encoding at most, and
/// `X-Prometheus-Scrape-Timeout-Seconds` needs no look.
final class MetricsPage: Sendable {
    /// How many of the choices of families that clients ask for are kept per publication; others are encoded each time.
    static let keptSelections = 16

    private struct Form: Hashable {
        let format: ExpositionFormat
        let coding: ContentCoding
        let selection: FamilySelection
    }

    private struct Encoded {
        var generation: UInt64?
        var replies: [Form: SharedOnce<PreparedReply>] = [:]
    }

    private let store: SnapshotStore
    // Guards which generation the replies belong to, and which there are; never the encoding.
    private let encoded = Guarded(Encoded())

    init(store: SnapshotStore) {
        self.store = store
    }

    func reply(to request: HTTPRequest) -> PreparedReply {
        let coding = ContentCoding.negotiated(acceptEncoding: request.header("Accept-Encoding"))
        guard let coding else {
            return PreparedReply(
                status: 406, text: "/metrics is sent as it is or as gzip; Accept-Encoding allows neither.\n",
                headers: [Self.vary])
        }
        do throws(FamilySelection.Problem) {
            let selection = try FamilySelection(request.query)
            let format = ExpositionFormat.negotiated(accept: request.header("Accept"))
            return reply(Form(format: format, coding: coding, selection: selection))
        } catch {
            return PreparedReply(status: 400, text: error.description + "\n")
        }
    }

    private func reply(_ form: Form) -> PreparedReply {
        let (view, shared) = encoded.withLock { encoded in
            // Under the lock: a view from before would be taken for that of another's newer generation.
            let view = store.current
            if encoded.generation != view.generation { encoded = Encoded(generation: view.generation) }
            if let known = encoded.replies[form] { return (view, known) }
            let shared = SharedOnce<PreparedReply>()
            let kept = encoded.replies.keys.count { !$0.selection.isEverything }
            if form.selection.isEverything || kept < Self.keptSelections { encoded.replies[form] = shared }
            return (view, shared)
        }
        return shared.value { Self.encode(view, form) }
    }

    private static let vary = ("Vary", "Accept, Accept-Encoding")

    private static func encode(_ view: SnapshotStore.View, _ form: Form) -> PreparedReply {
        let families = form.selection.filter(Snapshot.merging(view.snapshots + [view.own, view.momentary()]))
        var body = form.format.encode(families)
        var headers = [vary]
        // Without memory for zlib the plain bytes are better than none.
        if form.coding == .gzip, let compressed = try? Gzip.compress(body, level: .fast) {
            body = compressed
            headers.append(("Content-Encoding", "gzip"))
        }
        return PreparedReply(status: 200, contentType: form.format.contentType, headers: headers, body: body)
    }
}
