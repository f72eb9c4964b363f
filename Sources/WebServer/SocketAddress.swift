import Glibc

/// One IPv4 or IPv6 address with a port, as the system's calls take it.
struct SocketAddress {
    let family: Int32
    private let storage: sockaddr_storage
    private let length: socklen_t

    private init(copying info: addrinfo) {
        var copy = sockaddr_storage()
        withUnsafeMutableBytes(of: &copy) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
        }
        family = info.ai_family
        storage = copy
        length = info.ai_addrlen
    }

    func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        withUnsafeBytes(of: storage) { body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length) }
    }

    /// What `address` stands for, best first: IPv6 first for all interfaces (one socket takes both families), IPv4
    /// first for a name (as exporters written in Go do). Blocks while a name is resolved. Calls `getaddrinfo`.
    static func resolve(_ address: ListenAddress) throws(WebServerError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard status == 0, let list else {
            throw WebServerError(address: address, problem: .unknownHost(String(cString: gai_strerror(status))))
        }
        defer { freeaddrinfo(list) }
        let found = sequence(first: list, next: { $0.pointee.ai_next }).map { SocketAddress(copying: $0.pointee) }
        let preferred = address.host == nil ? AF_INET6 : AF_INET
        return found.filter { $0.family == preferred } + found.filter { $0.family != preferred }
    }
}
