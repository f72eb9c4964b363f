import Glibc
internal import CMicroHTTPD

/// A whole reply, built once and then sent any number of times, by any thread, without being copied.
///
/// It may be dropped while it is being sent: each transfer holds MHD's own reference to the bytes.
package final class PreparedReply: Sendable {
    package let status: Int
    /// The length of the body.
    package let byteCount: Int
    // nonisolated(unsafe): set once; MHD counts its references to a response under a lock of its own.
    nonisolated(unsafe) private let response: OpaquePointer
    // nonisolated(unsafe): never written after `init`; freed with the response.
    nonisolated(unsafe) private let bytes: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - status: 200 to 599.
    ///   - contentType: A `text/` type without a charset gets `charset=utf-8`.
    ///   - headers: Further headers. Length, date and connection headers are the server's business.
    ///   - body: Copied once. A HEAD request gets its length only.
    ///
    /// Calls `MHD_create_response_from_buffer` and `MHD_add_response_header`.
    package init(status: Int, contentType: String, headers: [(String, String)] = [], body: [UInt8]) {
        precondition((200...599).contains(status), "\(status) is not the status of a whole reply")
        guard let bytes = malloc(max(body.count, 1)),
            let response = MHD_create_response_from_buffer(body.count, bytes, .RESPMEM_MUST_FREE)
        else { fatalError("out of memory for a reply of \(body.count) bytes") }
        body.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: bytes, count: body.count).copyMemory(from: $0) }
        self.status = status
        self.byteCount = body.count
        self.response = response
        self.bytes = bytes
        let fixed = [("Content-Type", Self.withCharset(contentType)), ("X-Content-Type-Options", "nosniff")]
        for (name, value) in fixed + headers {
            let added = MHD_add_response_header(response, name, value)
            precondition(added == .YES, "\(name): \(value) is not a header that a reply may carry")
        }
    }

    /// Calls `MHD_destroy_response`.
    deinit {
        MHD_destroy_response(response)
    }

    /// A copy of the body.
    package var body: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: bytes, count: byteCount)) }

    /// The value of one of the reply's own headers. Calls `MHD_get_response_header`.
    package func header(_ name: String) -> String? {
        MHD_get_response_header(response, name).map { String(cString: $0) }
    }

    /// Starts to send the reply, with further headers where it has none of their names. Calls `MHD_queue_response`.
    func queue(on connection: OpaquePointer, adding headers: [ReplyHeader] = []) -> MHD_Result {
        guard !headers.isEmpty else { return MHD_queue_response(connection, UInt32(status), response) }
        guard let copy = response(adding: headers) else { return .NO }
        defer { MHD_destroy_response(copy) }
        return MHD_queue_response(connection, UInt32(status), copy)
    }

    /// The same reply with more headers; the body is shared. Calls
    /// `MHD_create_response_from_buffer_with_free_callback_cls` and `MHD_get_response_headers`.
    private func response(adding headers: [ReplyHeader]) -> OpaquePointer? {
        let retained = Unmanaged.passRetained(self)
        guard
            let copy = MHD_create_response_from_buffer_with_free_callback_cls(
                byteCount, bytes, releaseReply, retained.toOpaque())
        else {
            retained.release()
            return nil
        }
        MHD_get_response_headers(response, copyHeader, UnsafeMutableRawPointer(copy))
        for header in headers where MHD_get_response_header(response, header.name) == nil {
            MHD_add_response_header(copy, header.name, header.value)
        }
        return copy
    }

    private static func withCharset(_ contentType: String) -> String {
        guard contentType.hasPrefix("text/"), !contentType.contains("charset=") else { return contentType }
        return contentType + "; charset=utf-8"
    }
}

/// Called by MHD when it has no more need of the body.
private func releaseReply(_ context: UnsafeMutableRawPointer?) {
    Unmanaged<PreparedReply>.fromOpaque(context!).release()
}

/// Called by MHD for each header.
private func copyHeader(
    context: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, value: UnsafePointer<CChar>?
) -> MHD_Result {
    MHD_add_response_header(OpaquePointer(context), name, value)
}

extension PreparedReply {
    /// A reply of plain text.
    package convenience init(status: Int, text: String, headers: [(String, String)] = []) {
        self.init(status: status, contentType: "text/plain", headers: headers, body: Array(text.utf8))
    }
}
