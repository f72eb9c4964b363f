/// How the bytes of an answer may be coded.
public enum ContentCoding: String, Sendable, Hashable, CaseIterable {
    case identity
    case gzip

    /// The coding that a client prefers of those there are; gzip where it likes both the same. Nil when it takes neither.
    /// - Parameter acceptEncoding: The header `Accept-Encoding`; without it nothing is compressed.
    public static func negotiated(acceptEncoding: String?) -> ContentCoding? {
        let items = HeaderItem.parse(acceptEncoding ?? "")
        func quality(_ names: Set<String>) -> Double? {
            items.first { names.contains($0.value) }?.quality ?? items.first { $0.value == "*" }?.quality
        }
        let gzip = quality(["gzip", "x-gzip"]) ?? 0
        // Allowed unless it is refused, but not preferred unless it is named.
        let identity = quality(["identity"])
        if gzip > 0, gzip >= identity ?? 0 { return .gzip }
        return identity == 0 ? nil : .identity
    }
}
