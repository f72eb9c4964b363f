internal import CCrypt
internal import CGnuTLS
import Glibc

/// The bcrypt hash of a password, as `htpasswd -B` makes it. Neither it nor a password can be printed.
package struct PasswordHash: Sendable, Hashable {
    /// What is wrong with a text that should be a hash, as the rest of a sentence; quotes nothing of it.
    package struct Problem: Error, Hashable {
        package let sentence: String
    }

    /// Doubling the work with each step: 10 takes some 50 ms, 18 some 15 s.
    package static let costs = 4...18

    /// Binary logarithm of the rounds.
    package let cost: Int
    /// As it was written, without the NUL.
    let text: [UInt8]

    package init(_ text: String) throws(Problem) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "$") else {
            throw Problem(
                sentence:
                    "is not a bcrypt hash; passwords never stand here as they are: make a hash with htpasswd -nBC 10")
        }
        guard bytes.starts(with: "$2".utf8), bytes.count == 60, Self.variants.contains(bytes[2]),
            bytes[3] == UInt8(ascii: "$"), bytes[6] == UInt8(ascii: "$"),
            bytes[7...].allSatisfy(Self.alphabet.contains),
            let cost = Int(String(decoding: bytes[4..<6], as: UTF8.self))
        else {
            throw Problem(
                sentence: "is not a whole bcrypt hash, $2y$10$ and 53 characters; make one with htpasswd -nBC 10")
        }
        guard Self.costs.contains(cost) else {
            throw Problem(sentence: "has the cost \(cost); write a hash of a cost from 4 to 18, such as 10")
        }
        self.cost = cost
        self.text = bytes
    }

    private init(cost: Int, text: [UInt8]) {
        self.cost = cost
        self.text = text
    }

    /// A hash that no password has, to be compared with where there is no user: that takes as long.
    static func ofNobody(cost: Int) -> PasswordHash {
        let digits = cost < 10 ? "0\(cost)" : "\(cost)"
        return PasswordHash(cost: cost, text: Array("$2b$\(digits)$\(String(repeating: ".", count: 53))".utf8))
    }

    /// Whether it is this password's. Takes as long as its cost says, whatever the answer: never on a thread that
    /// serves. Calls `crypt_r`, and compares in constant time with `gnutls_memcmp`.
    func matches(_ password: [UInt8]) -> Bool {
        // C would read a password with a NUL only up to there.
        guard !password.contains(0), let data = UnsafeMutablePointer<crypt_data>.allocateZeroed() else { return false }
        defer {
            explicit_bzero(data, MemoryLayout<crypt_data>.size)
            free(data)
        }
        var phrase = password.map(CChar.init(bitPattern:)) + [0]
        defer { explicit_bzero(&phrase, phrase.count) }
        guard let found = crypt_r(phrase, text.map(CChar.init(bitPattern:)) + [0], data) else { return false }
        return strlen(found) == text.count && gnutls_memcmp(found, text, text.count) == 0
    }

    private static let variants = "aby".utf8
    private static let alphabet = Set("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
    package var description: String { "a bcrypt hash of cost \(cost)" }
    package var customMirror: Mirror { Mirror(self, children: ["cost": cost]) }
}

extension UnsafeMutablePointer<crypt_data> {
    /// The structure is too large for a stack, and libcrypt wants it zeroed. Calls `calloc`.
    fileprivate static func allocateZeroed() -> UnsafeMutablePointer<crypt_data>? {
        calloc(1, MemoryLayout<crypt_data>.size)?.assumingMemoryBound(to: crypt_data.self)
    }
}
