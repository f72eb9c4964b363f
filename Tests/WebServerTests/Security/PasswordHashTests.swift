import Testing

@testable import WebServer

/// Hashes of cost 4, which is quick: of the password `s3cret`, and of `other`.
let quickHash = "$2y$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"
let otherHash = "$2b$04$zyxwvutsrqponmlkjihgfeoEG75ieRiMxivbt62jo80oWmRUDHZ.e"
/// Of a cost that takes seconds; of no known password.
let slowHash = "$2b$16$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG"

@Suite("bcrypt hashes") struct PasswordHashTests {
    @Test(
        "a password matches its own hash alone, also those that others made",
        arguments: [
            // jBCrypt's, and exporter-toolkit's.
            ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
            ("fakepassword", "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"),
            ("s3cret", quickHash), ("other", otherHash),
        ])
    func matches(_ password: String, _ text: String) throws {
        let hash = try PasswordHash(text)
        #expect(hash.matches(Array(password.utf8)))
        #expect(!hash.matches(Array(password.utf8) + [0]))
        #expect(!hash.matches(Array((password + "x").utf8)))
        #expect(!hash.matches([]))
        #expect(!hash.matches([UInt8](repeating: 97, count: 5_000)))
    }

    @Test("nobody's hash is as slow, and no password's")
    func nobody() {
        let hash = PasswordHash.ofNobody(cost: 4)
        #expect(hash.text.count == 60)
        #expect(!hash.matches(Array("s3cret".utf8)) && !hash.matches([]))
    }

    @Test(
        "what is no hash is refused in a sentence that does not quote it",
        arguments: [
            "hunter2", "", "$1$abc$xyz", "$2y$10$short", "$2y$10$" + String(repeating: "!", count: 53),
            "$2x$04$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG",
            "$2y$31$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG",
            "$2y$0x$abcdefghijklmnopqrstuuLZYjhNQAOdpbzt4WxWlUHjv1wsyH5DG",
        ])
    func refused(_ text: String) {
        #expect {
            try PasswordHash(text)
        } throws: { error in
            let sentence = (error as? PasswordHash.Problem)?.sentence ?? ""
            return !sentence.isEmpty && (text.isEmpty || !sentence.contains(text))
        }
    }

    @Test("a hash cannot be printed")
    func unprintable() throws {
        let hash = try PasswordHash(quickHash)
        var dumped = ""
        dump(hash, to: &dumped)
        for text in ["\(hash)", String(reflecting: hash), dumped] { #expect(!text.contains("LZYjh")) }
    }
}
