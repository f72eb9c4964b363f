import Demo

/// A certificate authority of a test's own, made with openssl in the test's directory.
package struct TestAuthority: Sendable {
    /// A certificate and its key, as paths of PEM files.
    package struct Issued: Sendable {
        package let certificate: String
        package let key: String
    }

    package let directory: PrivateDirectory
    private let own: Issued

    /// The path of its own certificate, for those who trust it.
    package var certificate: String { own.certificate }

    package static func create(in directory: PrivateDirectory, name: String = "authority") async throws -> TestAuthority
    {
        let own = issued(name, in: directory)
        try await openssl(
            newKey + [
                "-x509", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-keyout", own.key, "-out", own.certificate,
            ])
        return TestAuthority(directory: directory, own: own)
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - name: The common name, and that of its files, which are replaced.
    ///   - alternatives: As openssl writes them: `DNS:localhost`.
    ///   - purpose: `serverAuth` or `clientAuth`.
    package func issue(
        _ name: String, alternatives: [String] = ["DNS:localhost", "IP:127.0.0.1"], purpose: String = "serverAuth"
    ) async throws -> Issued {
        let issued = Self.issued(name, in: directory)
        let extensions = try directory.write(
            "subjectAltName=\(alternatives.joined(separator: ","))\nextendedKeyUsage=\(purpose)\n", to: "\(name).ext")
        let request = "\(directory.path)/\(name).csr"
        try await Self.openssl(
            Self.newKey + ["-nodes", "-subj", "/CN=\(name)", "-keyout", issued.key, "-out", request])
        try await Self.openssl([
            "x509", "-req", "-in", request, "-CA", own.certificate, "-CAkey", own.key, "-CAcreateserial", "-days", "2",
            "-extfile", extensions, "-out", issued.certificate,
        ])
        return issued
    }

    private static let newKey = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]

    private static func issued(_ name: String, in directory: PrivateDirectory) -> Issued {
        Issued(certificate: "\(directory.path)/\(name).crt", key: "\(directory.path)/\(name).key")
    }

    private static func openssl(_ arguments: [String]) async throws {
        let outcome = try await runTool("openssl", arguments)
        guard outcome.status == 0 else { throw PrivateServerError("openssl failed: \(outcome.error.prefix(500))") }
    }
}
