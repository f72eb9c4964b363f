import Foundation
import Locking
import Postgres
import PostgresPool

/// Counts a pool's sessions from outside: asks the server, over a session of its own, and the kernel.
struct SessionCensus: Sendable {
    struct Counts: Sendable {
        var samples = 0
        /// Sessions at most at a time, as the server lists them.
        var most = 0
        /// Samples with more sessions than the pool may have connections: the server still lists some that the pool has
        /// closed, because a backend learns of that when it next looks at its socket.
        var above = 0
        /// In such samples, sessions at most whose connection our process still held after the server was asked.
        var mostHeld = 0
        /// Connections at most at a time, as the pool says.
        var mostOfPool = 0
        var mostPending = 0
    }

    let superuser: ConnectionString
    let port: UInt16
    let role: String
    let pool: PostgresPool
    let counts = Guarded(Counts())

    /// Samples until the task is cancelled.
    func run() async {
        var session = Superuser(superuser)
        while !Task.isCancelled {
            let sessions = await session.rows(
                "SELECT client_port FROM pg_stat_activity WHERE usename = '\(role)' AND backend_type = 'client backend'"
            )
            let now = pool.statistics
            counts.withLock { counts in
                counts.mostOfPool = max(counts.mostOfPool, now.idle + now.used + now.opening + now.busy)
                counts.mostPending = max(counts.mostPending, now.pending)
                guard let sessions else { return }
                let ports = (0..<sessions.rowCount).compactMap {
                    sessions.text(row: $0, column: 0).flatMap(UInt16.init)
                }
                counts.samples += 1
                counts.most = max(counts.most, ports.count)
                guard ports.count > now.maximum else { return }
                counts.above += 1
                let held = Self.localPorts(connectedTo: port)
                counts.mostHeld = max(counts.mostHeld, ports.count { held.contains($0) })
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The local ports of TCP connections to this port of 127.0.0.1 that their process has not closed: proc(5), tcp.
    static func localPorts(connectedTo port: UInt16) -> Set<UInt16> {
        // In one go: the kernel says that it has no length.
        guard let bytes = try? FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp")).readToEnd() else { return [] }
        var ports: Set<UInt16> = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            // ESTABLISHED, or CLOSE_WAIT: the other side has closed, this one has not.
            guard fields.count > 3, fields[3] == "01" || fields[3] == "08",
                Self.port(of: fields[2]) == port, let local = Self.port(of: fields[1])
            else { continue }
            ports.insert(local)
        }
        return ports
    }

    private static func port(of address: Substring) -> UInt16? {
        address.split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }
}
