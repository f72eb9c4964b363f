import Glibc

/// Calls `body` with an array of C strings, nil where the element is nil, valid in `body` only.
func withCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let copies = strings.map { string in string.map { strdup($0) } ?? nil }
    defer { copies.forEach { free($0) } }
    // libpq wants the list of keywords to end with a null pointer.
    return (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { body($0.baseAddress!) }
}
