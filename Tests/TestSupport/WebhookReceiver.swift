import Dispatch
import Foundation
import Glibc
import Locking

/// An HTTP server on a free port of 127.0.0.1 that writes down what Alertmanager sends to its webhooks.
///
/// One connection after the other, each for one request: Alertmanager sends little.
package final class WebhookReceiver: Sendable {
    /// One alert of a notification.
    package struct Alert: Sendable, Equatable, Decodable {
        /// `firing` or `resolved`.
        package let status: String
        package let labels: [String: String]
        package let annotations: [String: String]

        package var name: String { labels["alertname"] ?? "" }
    }

    /// One request.
    package struct Notification: Sendable, Equatable {
        /// Of the URL, e.g. `/pager`.
        package let path: String
        package let receiver: String
        package let groupLabels: [String: String]
        package let alerts: [Alert]
        /// When it came, since 1970, in seconds.
        package let time: Double
    }

    package let port: UInt16
    private let listener: Int32
    // Guards the socket from being shut down twice.
    private let isStopped = Guarded(false)
    // Guards what came so far, and what came and was not a notification.
    private let received = Guarded<(notifications: [Notification], refused: [String])>(([], []))

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Everything that came so far, in its order.
    package var notifications: [Notification] { received.withLock { $0.notifications } }

    /// What came and could not be read: to be empty.
    package var refused: [String] { received.withLock { $0.refused } }

    /// Listens at once.
    ///
    /// - Throws: `HTTPClient.Failure` when the system has no socket for it.
    package init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isListening else {
            close(descriptor)
            throw HTTPClient.Failure(description: "cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
        }
        DispatchQueue.global().async { [received] in
            // Ends when `stop` shuts the socket down.
            while true {
                let connection = accept(descriptor, nil, nil)
                if connection < 0, errno == EINTR { continue }
                guard connection >= 0 else { break }
                Self.serve(connection, received)
                close(connection)
            }
            close(descriptor)
        }
    }

    deinit { stop() }

    /// Stops listening. Idempotent.
    package func stop() {
        // Once: afterwards the number may be that of another socket.
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    private static func serve(
        _ connection: Int32, _ received: Guarded<(notifications: [Notification], refused: [String])>
    ) {
        var time = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(connection, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
        let (path, body) = readRequest(connection)
        let status: String
        if let message = try? JSONDecoder().decode(Message.self, from: Data(body)) {
            let notification = Notification(
                path: path, receiver: message.receiver, groupLabels: message.groupLabels, alerts: message.alerts,
                time: Date.now.timeIntervalSince1970)
            received.withLock { $0.notifications.append(notification) }
            status = "200 OK"
        } else {
            received.withLock { $0.refused.append(String(decoding: body.prefix(500), as: UTF8.self)) }
            status = "400 Bad Request"
        }
        let answer = Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        _ = Glibc.send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
    }

    /// The path and the body, as far as they came; at most 4 MiB.
    private static func readRequest(_ connection: Int32) -> (path: String, body: [UInt8]) {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        var end: Int?
        var (path, length) = ("", 0)
        while bytes.count < 4 << 20 {
            if end == nil, let header = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<header.lowerBound], as: UTF8.self).split(separator: "\r\n")
                path = lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? ""
                length =
                    lines.lazy.compactMap { $0.wholeMatch(of: #/(?i)content-length: *(\d+)/#) }.first
                    .flatMap { Int($0.1) } ?? 0
                end = header.upperBound
            }
            if let end, bytes.count >= end + length { return (path, Array(bytes[end..<(end + length)])) }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return (path, bytes)
    }

    private struct Message: Decodable {
        let receiver: String
        let groupLabels: [String: String]
        let alerts: [Alert]
    }
}
