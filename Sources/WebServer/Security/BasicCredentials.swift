import Glibc

/// What `Authorization: Basic …` says. Never printed, and wiped when it is dropped.
final class BasicCredentials: Sendable {
    let user: [UInt8]
    // nonisolated(unsafe): set once; wiped in `deinit`, when nobody else has it.
    nonisolated(unsafe) private var bytes: [UInt8]
    private let passwordStart: Int

    /// Nil where the header is of another scheme or no base64 of `user:password`. The password may hold colons.
    init?(header: UnsafeRawBufferPointer) {
        let scheme = "basic ".utf8
        guard header.count > scheme.count, header.count <= Self.limit,
            zip(header, scheme).allSatisfy({ $0 | 0x20 == $1 || $0 == $1 }),
            let bytes = Base64.decode(header[scheme.count...].drop { $0 == UInt8(ascii: " ") }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        user = Array(bytes[..<colon])
        passwordStart = colon + 1
        self.bytes = bytes
    }

    deinit {
        explicit_bzero(&bytes, bytes.count)
    }

    /// For as long as `body` runs.
    func withPassword<R>(_ body: (ArraySlice<UInt8>) -> R) -> R { body(bytes[passwordStart...]) }

    /// The longest header that is read, in bytes.
    private static let limit = 2_048
}

/// Base64 with padding, as HTTP wants it.
enum Base64 {
    /// Nil for anything that is not whole.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        var (buffer, bits, count, padding) = (UInt32(0), 0, 0, 0)
        for byte in text {
            count += 1
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(byte) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            decoded.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
        }
        return count % 4 == 0 && padding <= 2 ? decoded : nil
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
