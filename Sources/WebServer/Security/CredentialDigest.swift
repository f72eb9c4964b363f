internal import CGnuTLS
import Glibc

/// Stands for a user, the hash in the configuration and the password that was sent, so that none of them is remembered.
struct CredentialDigest: Hashable, Sendable {
    private let words: [UInt64]

    fileprivate init(_ bytes: [UInt8]) {
        words = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}

/// Makes digests with a key that only this process has: what is remembered of a password helps nobody to guess it, and
/// how long a look-up takes tells nothing.
struct CredentialDigester: Sendable {
    private let key: [UInt8]

    /// Calls `gnutls_rnd`.
    init() {
        var key = [UInt8](repeating: 0, count: 32)
        let status = gnutls_rnd(GNUTLS_RND_KEY, &key, key.count)
        precondition(status == 0, "the system gives no random numbers")
        self.key = key
    }

    /// HMAC-SHA-256. Calls `gnutls_hmac_fast`.
    func digest(_ credentials: BasicCredentials, _ hash: PasswordHash) -> CredentialDigest {
        credentials.withPassword { password in
            var message: [UInt8] = []
            message.reserveCapacity(credentials.user.count + hash.text.count + password.count + 24)
            defer { explicit_bzero(&message, message.count) }
            for part in [credentials.user[...], hash.text[...], password] {
                withUnsafeBytes(of: part.count) { message.append(contentsOf: $0) }
                message.append(contentsOf: part)
            }
            var digest = [UInt8](repeating: 0, count: 32)
            let status = gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key.count, message, message.count, &digest)
            precondition(status == 0, "GnuTLS has no SHA-256")
            return CredentialDigest(digest)
        }
    }
}
