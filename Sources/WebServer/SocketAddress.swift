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

    /// An IPv4 or IPv6 address of four or sixteen bytes in its usual form. Calls `inet_ntop`.
    static func text(ofIP bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension ClientAddress {
    /// Of a client's socket; nil for another family.
    init?(_ address: UnsafePointer<sockaddr>) {
        let bytes = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let address = bytes.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_addr.s_addr
            self.init(ipv4: UInt32(bigEndian: address))
        case AF_INET6:
            let address = bytes.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_addr
            self.init(ipv6: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
