import Glibc

/// Free TCP ports of 127.0.0.1.
package enum FreePort {
    /// A port that nobody listened on a moment ago.
    ///
    /// From below the range that the kernel hands to outgoing connections: a client that keeps knocking while our server
    /// is down would otherwise, sooner or later, be given the server's port as its own and keep it.
    package static func find() throws -> UInt16 {
        for _ in 0..<200 {
            let port = UInt16.random(in: 15_000..<32_000)
            if canBind(port) { return port }
        }
        throw PrivateServerError("cannot find a free port on 127.0.0.1 between 15000 and 32000")
    }

    /// Calls `start` with a free port, and again with another one when somebody was faster; five attempts.
    package static func retrying<Result>(_ start: (UInt16) async throws -> Result) async throws -> Result {
        for _ in 0..<4 {
            do {
                return try await start(try find())
            } catch let error as PrivateServerError where error.isPortTaken {
                continue
            }
        }
        return try await start(try find())
    }

    private static func canBind(_ port: UInt16) -> Bool {
        withSocket(port) { socket, address, length in
            var reuse: Int32 = 1
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
            return bind(socket, address, length) == 0
        }
    }

    /// Whether somebody accepts connections on the port.
    static func isServed(_ port: UInt16) -> Bool {
        withSocket(port) { socket, address, length in connect(socket, address, length) == 0 }
    }

    private static func withSocket(
        _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
