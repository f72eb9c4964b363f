import Glibc

@testable import WebServer

/// A TCP client that sends exactly the bytes it is told to and gives up after five seconds of silence.
final class RawClient {
    private let descriptor: Int32
    /// Received, but not yet part of a reply.
    private var pending: [UInt8] = []

    /// Connects to the port of one of the server's addresses at the IP address `host`, from the address `source`.
    init(_ server: WebServer, address: Int = 0, host: String = "127.0.0.1", from source: String? = nil) throws {
        let peer = try Self.address(host, server.boundAddresses[address].port)
        descriptor = socket(peer.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bound = try source.map { try Self.address($0, 0).withSocketAddress { bind(descriptor, $0, $1) } } ?? 0
        guard bound == 0, peer.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else {
            throw Failure.system(errno)
        }
    }

    deinit { close(descriptor) }

    private static func address(_ host: String, _ port: UInt16) throws -> SocketAddress {
        try SocketAddress.resolve(ListenAddress(host: host, port: port))[0]
    }

    /// Sends all of `bytes`, or as many as the server takes before it closes the connection.
    func send(_ bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    func send(_ text: String) { send(text.utf8) }

    /// Sends a request and reads its reply.
    func request(_ path: String, method: String = "GET", headers: String = "") throws -> RawReply {
        send("\(method) \(path) HTTP/1.1\r\nHost: test\r\n\(headers)\r\n")
        return try reply(hasBody: method != "HEAD")
    }

    /// Reads one reply, whose body has the announced length.
    func reply(hasBody: Bool = true) throws -> RawReply {
        let separator = Array("\r\n\r\n".utf8)
        while pending.firstRange(of: separator) == nil { try receive() }
        let end = pending.firstRange(of: separator)!
        var reply = RawReply(head: String(decoding: pending[..<end.lowerBound], as: UTF8.self))
        pending.removeSubrange(..<end.upperBound)
        let length = hasBody ? Int(reply.headers["content-length"] ?? "0") ?? 0 : 0
        while pending.count < length { try receive() }
        reply.body = Array(pending.prefix(length))
        pending.removeFirst(length)
        return reply
    }

    /// Whether the server ends the connection within five seconds without a further byte.
    func isClosedByServer() -> Bool {
        do { try receive() } catch Failure.closed { return pending.isEmpty } catch { return false }
        return false
    }

    /// How long the server keeps a connection open on which it sends nothing.
    func timeUntilClosed() throws -> Duration {
        let start = ContinuousClock.now
        guard isClosedByServer() else { throw Failure.system(EAGAIN) }
        return ContinuousClock.now - start
    }

    /// Makes this client, when dropped, end its connection with a reset rather than politely.
    func endAbruptly() {
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { throw count == 0 || errno == ECONNRESET ? Failure.closed : Failure.system(errno) }
        pending += buffer.prefix(count)
    }

    enum Failure: Error {
        case closed
        case system(Int32)
    }
}

/// A reply as it came over the wire.
struct RawReply {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    var body: [UInt8] = []

    var text: String { String(decoding: body, as: UTF8.self) }

    init(head: String) {
        let lines = head.split(separator: "\r\n")
        status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) } ?? 0
        let pairs = lines.dropFirst().map { $0.split(separator: ":", maxSplits: 1) }
        headers = Dictionary(
            pairs.map { ($0[0].lowercased(), $0.count > 1 ? String($0[1].drop { $0 == " " }) : "") }
        ) { $0 + ", " + $1 }
    }
}
