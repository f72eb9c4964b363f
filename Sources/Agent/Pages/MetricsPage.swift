import Compression
import Exposition
import WebServer

/// `/metrics`: in the format and coding that the client prefers, encoded at the first request after a publication.
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

    private let replies: ReplyCache<Form>

    init(store: SnapshotStore) {
        replies = ReplyCache(store)
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
        func isKept(_ kept: [Form]) -> Bool {
            form.selection.isEverything || kept.count { !$0.selection.isEverything } < Self.keptSelections
        }
        return replies.reply(form, keeping: isKept, make: Self.encode)
    }

    private static let vary = ("Vary", "Accept, Accept-Encoding")

    private static func encode(_ view: SnapshotStore.View, _ form: Form) -> PreparedReply {
        let families = form.selection.filter(Snapshot.merging(view.snapshots + [view.own]))
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
