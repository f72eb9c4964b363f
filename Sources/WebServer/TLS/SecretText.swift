import Glibc

/// Text of a file with its NUL, as C takes it, wiped when it is dropped: a private key. Cannot be printed.
final class SecretText: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    // nonisolated(unsafe): never written between `init` and `deinit`.
    nonisolated(unsafe) private let start: UnsafeMutablePointer<UInt8>
    /// Without the NUL.
    let count: Int

    /// - Parameter bytes: A NUL among them would end the text for C: the rest is left out.
    init(_ bytes: some Collection<UInt8>) {
        let text = bytes.prefix { $0 != 0 }
        count = text.count
        start = .allocate(capacity: count + 1)
        for (index, byte) in text.enumerated() { (start + index).initialize(to: byte) }
        (start + count).initialize(to: 0)
    }

    deinit {
        explicit_bzero(start, count + 1)
        start.deallocate()
    }

    /// Lives as long as this object.
    var pointer: UnsafeMutablePointer<UInt8> { start }

    static func == (left: SecretText, right: SecretText) -> Bool {
        left.count == right.count && memcmp(left.start, right.start, left.count) == 0
    }

    var description: String { "\(count) bytes" }
    var customMirror: Mirror { Mirror(self, children: ["count": count]) }
}
