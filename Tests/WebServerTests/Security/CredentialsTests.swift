import Foundation
import Testing

@testable import WebServer

@Suite("Credentials") struct CredentialsTests {
    private func read(_ header: String) -> (user: String, password: String)? {
        let bytes = Array(header.utf8)
        return bytes.withUnsafeBytes { BasicCredentials(header: $0) }.map { credentials in
            (
                String(decoding: credentials.user, as: UTF8.self),
                credentials.withPassword { String(decoding: $0, as: UTF8.self) }
            )
        }
    }

    @Test("a user and a password, which may hold colons or nothing")
    func basic() {
        for (user, password) in [("prometheus", "s3cret"), ("a", "b:c:d"), ("", ""), ("é", "pässwörd"), ("x", "")] {
            let encoded = Data("\(user):\(password)".utf8).base64EncodedString()
            for scheme in ["Basic ", "basic ", "BASIC  "] {
                let found = read(scheme + encoded)
                #expect(found?.user == user && found?.password == password)
            }
        }
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "Basic", "Basic ", "Bearer YTpi", "Basic YTpi=", "Basic YTp", "Basic Y=pi", "Basic YW5v", "Basic Ы",
            "Basic " + String(repeating: "YTpi", count: 600), "Negotiate YTpi", "Basic ====",
        ])
    func none(_ header: String) {
        #expect(read(header) == nil)
    }

    @Test("base64 is what Foundation makes of it")
    func base64() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            #expect(Base64.decode(Data(bytes).base64EncodedString().utf8) == bytes)
        }
    }

    @Test("a digest tells users, hashes and passwords apart, and one process's from another's")
    func digest() throws {
        func credentials(_ text: String) throws -> BasicCredentials {
            let header = Array("Basic \(Data(text.utf8).base64EncodedString())".utf8)
            return try #require(header.withUnsafeBytes { BasicCredentials(header: $0) })
        }
        let digester = CredentialDigester()
        let (quick, other) = (try PasswordHash(quickHash), try PasswordHash(otherHash))
        let first = digester.digest(try credentials("a:bc"), quick)
        #expect(first == digester.digest(try credentials("a:bc"), quick))
        #expect(first != digester.digest(try credentials("ab:c"), quick))
        #expect(first != digester.digest(try credentials("a:bd"), quick))
        #expect(first != digester.digest(try credentials("a:bc"), other))
        #expect(first != CredentialDigester().digest(try credentials("a:bc"), quick))
    }
}
