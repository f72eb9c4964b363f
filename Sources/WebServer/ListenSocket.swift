import Glibc

/// A bound, listening, non-blocking TCP socket that no child process inherits; closed when dropped.
///
/// The server opens its own sockets, because libmicrohttpd would only say that it failed, not why.
struct ListenSocket: ~Copyable {
    /// Connections that the kernel holds until they are accepted.
    private static let backlog: Int32 = 128

    private let descriptor: Int32

    private init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Gives the descriptor to an owner that will close it.
    consuming func release() -> Int32 {
        let released = descriptor
        discard self
        return released
    }

    /// Opens `address`. Blocks while a host name is resolved. All interfaces are one IPv6 socket that also takes
    /// IPv4, or an IPv4 socket on a machine without IPv6. Calls `socket`, `setsockopt`, `bind` and `listen`.
    static func open(_ address: ListenAddress) throws(WebServerError) -> ListenSocket {
        var failure = EADDRNOTAVAIL
        for candidate in try SocketAddress.resolve(address) {
            let descriptor = socket(candidate.family, type, 0)
            if descriptor >= 0 {
                let opened = ListenSocket(owning: descriptor)
                failure = opened.listen(at: candidate, dualStack: address.host == nil)
                if failure == 0 { return opened }
            } else {
                failure = errno
            }
            // Only a family that this machine does not have is worth a second try with the other one.
            guard failure == EAFNOSUPPORT || failure == EADDRNOTAVAIL else { break }
        }
        throw WebServerError(address: address, problem: .init(errno: failure))
    }

    /// Another descriptor of a socket that listens already. Calls `fcntl`.
    static func duplicate(_ descriptor: Int32, of address: ListenAddress) throws(WebServerError) -> ListenSocket {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw WebServerError(address: address, problem: .init(errno: errno)) }
        return ListenSocket(owning: copy)
    }

    private static var type: Int32 {
        Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    }

    /// Binds and listens: 0, or the `errno` of the call that failed.
    private borrowing func listen(at address: SocketAddress, dualStack: Bool) -> Int32 {
        guard set(SOL_SOCKET, SO_REUSEADDR, to: 1) else { return errno }
        if address.family == AF_INET6 {
            guard set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: dualStack ? 0 : 1) else { return errno }
        }
        let bound = address.withSocketAddress { bind(descriptor, $0, $1) }
        return bound == 0 && Glibc.listen(descriptor, Self.backlog) == 0 ? 0 : errno
    }

    private borrowing func set(_ level: Int32, _ option: Int32, to value: Int32) -> Bool {
        withUnsafePointer(to: value) {
            setsockopt(descriptor, level, option, $0, socklen_t(MemoryLayout<Int32>.size)) == 0
        }
    }

    /// The port that the system chose, or the one asked for. Calls `getsockname`.
    var port: UInt16 {
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &name) { bytes in
            let status = getsockname(descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), &length)
            precondition(status == 0, "an open socket has a name")
            // IPv4 and IPv6 socket addresses both hold the port, in network order, after the 16-bit family.
            return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }
}
