import Dispatch
import Glibc

/// A plain HTTP/1.1 client for tests: one request, one connection, nothing hidden (no compression, no redirects).
package enum HTTPClient {
    /// What a server answered.
    package struct Response: Sendable {
        package let status: Int
        /// Names in lower case; of a repeated one the last.
        package let headers: [String: String]
        package let body: [UInt8]
        /// From before the connection to the last byte, in seconds.
        package let seconds: Double

        package var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// No connection, no answer in time, or an answer that is not HTTP.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// GET of a URL such as `http://127.0.0.1:9719/metrics`; the host is an IPv4 address or `localhost`.
    ///
    /// - Throws: `Failure`, also when the whole exchange takes longer than `timeout`.
    package static func get(
        _ url: String, headers: [String: String] = [:], timeout: Duration = .seconds(5)
    ) async throws -> Response {
        try await send("GET", url, headers: headers, timeout: timeout)
    }

    /// As `get`, with any method.
    package static func send(
        _ method: String, _ url: String, headers: [String: String] = [:], timeout: Duration = .seconds(5)
    ) async throws -> Response {
        let target = try Target(url)
        let lines =
            ["\(method) \(target.path) HTTP/1.1", "Host: \(target.host):\(target.port)", "Connection: close"]
            + headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        let clock = ContinuousClock()
        let start = clock.now
        // The socket blocks, at most until the deadline: on a thread of Dispatch, never on the cooperative pool.
        let bytes = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try exchange(request, with: target, until: start + timeout) })
            }
        }
        return try parse(bytes, seconds: (clock.now - start) / .seconds(1), hasBody: method != "HEAD")
    }

    private struct Target: Sendable {
        let host: String
        let port: UInt16
        let path: String

        init(_ url: String) throws {
            let rest = url.hasPrefix("http://") ? url.dropFirst(7) : ""
            let authority = rest.prefix { $0 != "/" }
            let parts = authority.split(separator: ":")
            guard parts.count == 2, let port = UInt16(parts[1]) else {
                throw Failure(description: "not http://host:port/: \(url)")
            }
            host = parts[0] == "localhost" ? "127.0.0.1" : String(parts[0])
            self.port = port
            path = authority.endIndex == rest.endIndex ? "/" : String(rest[authority.endIndex...])
        }
    }

    private static func exchange(
        _ request: [UInt8], with target: Target, until deadline: ContinuousClock.Instant
    ) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failure("no socket") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = target.port.bigEndian
        guard inet_pton(AF_INET, target.host, &address.sin_addr) == 1 else {
            throw Failure(description: "not an IPv4 address: \(target.host)")
        }
        try limit(descriptor, until: deadline)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw failure("cannot connect to \(target.host):\(target.port)") }
        guard Glibc.send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            throw failure("cannot send the request")
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while answer.count < 64 << 20 {
            try limit(descriptor, until: deadline)
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count >= 0 else { throw failure("after \(answer.count) bytes") }
            guard count > 0 else { return answer }
            answer.append(contentsOf: chunk[..<count])
        }
        throw Failure(description: "the answer is larger than 64 MiB")
    }

    /// Lets the next call on the socket block no longer than until the deadline.
    private static func limit(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws {
        let left = deadline - .now
        guard left > .zero else { throw Failure(description: "no complete answer within the timeout") }
        let microseconds = max(1, left.components.attoseconds / 1_000_000_000_000)
        var time = timeval(tv_sec: Int(left.components.seconds), tv_usec: Int(microseconds))
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    private static func failure(_ what: String) -> Failure {
        errno == EAGAIN || errno == EINPROGRESS
            ? Failure(description: "no answer within the timeout (\(what))")
            : Failure(description: "\(what): \(String(cString: strerror(errno)))")
    }

    private static func parse(_ bytes: [UInt8], seconds: Double, hasBody: Bool) throws -> Response {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure(description: "no complete header within \(bytes.count) bytes")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, first.hasPrefix("HTTP/1."), let status = Int(first.dropFirst(9).prefix(3)) else {
            throw Failure(description: "not an HTTP status line")
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        var body = Array(bytes[end.upperBound...])
        if headers["transfer-encoding"]?.lowercased() == "chunked" { body = try unchunked(body[...]) }
        if hasBody, let length = headers["content-length"].flatMap({ Int($0) }), length != body.count {
            throw Failure(description: "\(body.count) bytes of body, Content-Length says \(length)")
        }
        return Response(status: status, headers: headers, body: body, seconds: seconds)
    }

    private static func unchunked(_ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
        var (rest, body) = (bytes, [UInt8]())
        while let line = rest.firstRange(of: [0x0D, 0x0A]),
            let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16)
        {
            rest = rest[line.upperBound...]
            if size == 0 { return body }
            guard rest.count >= size + 2 else { break }
            body.append(contentsOf: rest.prefix(size))
            rest = rest.dropFirst(size + 2)
        }
        throw Failure(description: "a broken chunk after \(body.count) bytes of body")
    }
}
