internal import CMicroHTTPD

extension HTTPRequest {
    /// Copies the request out of MHD's memory, which lasts only as long as the callback. Bytes that are no UTF-8 are
    /// replaced. What the client knows to be secret is left out. Calls `MHD_get_connection_values_n`.
    init(
        connection: OpaquePointer, method: UnsafePointer<CChar>, url: UnsafePointer<CChar>, isAuthenticated: Bool
    ) {
        self.init(
            method: String(cString: method), path: String(cString: url),
            query: pairs(.GET_ARGUMENT_KIND, of: connection).map { QueryItem(name: $0.name, value: $0.value) },
            headers: pairs(.HEADER_KIND, of: connection), isAuthenticated: isAuthenticated)
    }
}

/// No page needs them.
private let secretHeaders: Set = ["authorization", "proxy-authorization", "cookie"]

private typealias Pair = (name: String, value: String)

private func pairs(_ kind: MHD_ValueKind, of connection: OpaquePointer) -> [Pair] {
    var found: [Pair] = []
    withUnsafeMutablePointer(to: &found) { _ = MHD_get_connection_values_n(connection, kind, collectPair, $0) }
    return found
}

/// Called by MHD for each pair, in the order of the request.
private func collectPair(
    found: UnsafeMutableRawPointer?, kind: MHD_ValueKind, name: UnsafePointer<CChar>?, nameSize: Int,
    value: UnsafePointer<CChar>?, valueSize: Int
) -> MHD_Result {
    let found = found!.assumingMemoryBound(to: [Pair].self)
    let name = text(name, nameSize)
    if secretHeaders.contains(name.lowercased()) { return .YES }
    found.pointee.append((name, text(value, valueSize)))
    return .YES
}

private func text(_ start: UnsafePointer<CChar>?, _ size: Int) -> String {
    String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : size), as: UTF8.self)
}
