import Demo

/// An HTTP client that we did not write, for TLS.
package enum Curl {
    package struct Response: Sendable {
        /// 0 where there was none.
        package let status: Int
        package let headers: String
        package let text: String
        /// What curl says of a connection that failed.
        package let complaint: String
    }

    /// GET.
    ///
    /// - Parameter options: As on its command line: `--cacert`, `--user`, …
    package static func get(_ url: String, _ options: [String] = []) async throws -> Response {
        let outcome = try await runTool(
            "curl",
            ["--silent", "--show-error", "--include", "--http1.1", "--noproxy", "*", "--max-time", "60"] + options
                + [url])
        let parts = outcome.output.firstRange(of: "\r\n\r\n").map {
            (outcome.output[..<$0.lowerBound], outcome.output[$0.upperBound...])
        }
        let status = outcome.output.hasPrefix("HTTP/1.1 ") ? Int(outcome.output.dropFirst(9).prefix(3)) ?? 0 : 0
        return Response(
            status: status, headers: String(parts?.0 ?? ""), text: String(parts?.1 ?? ""),
            complaint: outcome.error)
    }
}
