import Foundation
import Glibc
import Locking
import Postgres

/// Asks a Prometheus what it has of us. Plain HTTP, one request a connection, each with a deadline and a bound on its answer.
struct PrometheusClient: Sendable {
    /// Why it could not be asked, as the rest of a sentence.
    struct Failure: Error, Sendable, Equatable {
        let sentence: String
    }

    static let timeout: Duration = .seconds(10)
    /// Rules of a large installation are a few MiB.
    static let sizeLimit = 32 << 20

    private let address: PrometheusAddress

    init(_ address: PrometheusAddress) {
        self.address = address
    }

    /// Values of the label `target` with fresh series of ours.
    func scrapedTargets() async throws(Failure) -> Set<String> {
        struct Payload: Decodable {
            struct Series: Decodable { let metric: [String: String] }
            let result: [Series]
        }
        let payload: Payload = try await ask("/api/v1/query?query=poolscope_target_up")
        return Set(payload.result.compactMap { $0.metric["target"] })
    }

    /// Names of the alerts whose rules are loaded.
    func loadedAlerts() async throws(Failure) -> Set<String> {
        struct Payload: Decodable {
            struct Group: Decodable { let rules: [Rule] }
            struct Rule: Decodable { let name: String }
            let groups: [Group]
        }
        let payload: Payload = try await ask("/api/v1/rules?type=alert")
        return Set(payload.groups.flatMap(\.rules).map(\.name))
    }

    private func ask<Payload: Decodable>(_ path: String) async throws(Failure) -> Payload {
        let body = try await get(address.path + path)
        do {
            return try JSONDecoder().decode(Envelope<Payload>.self, from: Data(body)).data
        } catch {
            throw Failure(sentence: "what answers at \(address) is no Prometheus: its answer cannot be read")
        }
    }

    private func get(_ path: String) async throws(Failure) -> [UInt8] {
        let address = address
        let result: Result<[UInt8], Failure> = await withCheckedContinuation { continuation in
            // The calls block, until the deadline at most: on a thread of its own.
            let isStarted = startDetachedThread {
                continuation.resume(returning: Result { () throws(Failure) in try Self.exchange(path, with: address) })
            }
            if !isStarted { continuation.resume(returning: .failure(Failure(sentence: "there is no thread left"))) }
        }
        return try result.get()
    }

    /// Calls `getaddrinfo`, `socket`, `connect`, `send`, `recv` and `close`.
    private static func exchange(_ path: String, with address: PrometheusAddress) throws(Failure) -> [UInt8] {
        let deadline = ContinuousClock.now + timeout
        let descriptor = try connect(address)
        defer { close(descriptor) }
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        // 1.0: so that the answer ends where the connection does.
        var request = Array(
            "GET \(path) HTTP/1.0\r\nHost: \(host):\(address.port)\r\nAccept: application/json\r\n\r\n".utf8)
        while !request.isEmpty {
            let count = send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { throw failure(address) }
            request.removeFirst(count)
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(address) }
            if count == 0 { break }
            answer += chunk[..<count]
            guard answer.count <= sizeLimit else {
                throw Failure(sentence: "\(address) answers more than \(sizeLimit >> 20) MiB")
            }
            guard ContinuousClock.now < deadline else { throw failure(address, ETIMEDOUT) }
        }
        return try body(of: answer, address)
    }

    private static func connect(_ address: PrometheusAddress) throws(Failure) -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &found)
        guard code == 0 else {
            throw Failure(sentence: "\(address) cannot be reached: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(found) }
        var next = found
        while let each = next?.pointee {
            next = each.ai_next
            let descriptor = socket(each.ai_family, each.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), each.ai_protocol)
            guard descriptor >= 0 else { continue }
            // Of `connect`, too, on Linux.
            var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            if Glibc.connect(descriptor, each.ai_addr, each.ai_addrlen) == 0 { return descriptor }
            let code = errno
            close(descriptor)
            errno = code
        }
        throw failure(address)
    }

    private static func failure(_ address: PrometheusAddress, _ code: Int32 = errno) -> Failure {
        let isLate = code == EAGAIN || code == EINPROGRESS || code == ETIMEDOUT
        let why = isLate ? "there was no answer in time" : String(cString: strerror(code))
        return Failure(sentence: "\(address) cannot be asked: \(why)")
    }

    /// What follows the head of an answer.
    static func body(of answer: [UInt8], _ address: PrometheusAddress) throws(Failure) -> [UInt8] {
        let end = Array("\r\n\r\n".utf8)
        let line = String(decoding: answer.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
        guard line.count >= 2, line[0].hasPrefix("HTTP/"), let status = Int(line[1]),
            let head = answer.firstRange(of: end)
        else { throw Failure(sentence: "what answers at \(address) does not speak HTTP") }
        guard status == 200 else { throw Failure(sentence: "\(address) answers with status \(status)") }
        return Array(answer[head.upperBound...])
    }
}

/// What every answer of Prometheus' API is wrapped in.
private struct Envelope<Payload: Decodable>: Decodable {
    let data: Payload
}
