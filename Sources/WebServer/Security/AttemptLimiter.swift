/// How often an address may be wrong: a few times at once, then once in a while. Pure: the time is a value.
///
/// A right password costs nothing. Its size is bounded; under the attack of so many addresses that it is full, the one
/// that has been quiet longest is forgotten.
struct AttemptLimiter: Sendable {
    static let burst = 5
    /// Until one more attempt is free.
    static let pause: Duration = .seconds(5)
    static let addressLimit = 1_024

    /// When all attempts of an address are free again; no entry means that they are.
    private var freeAt: [ClientAddress: ContinuousClock.Instant] = [:]

    /// How long until an address may try again; nil when it may now.
    func wait(_ address: ClientAddress, at now: ContinuousClock.Instant) -> Duration? {
        guard let freeAt = freeAt[address] else { return nil }
        let wait = freeAt - now - Self.pause * (Self.burst - 1)
        return wait > .zero ? wait : nil
    }

    /// Notes a wrong password.
    mutating func failed(_ address: ClientAddress, at now: ContinuousClock.Instant) {
        let current = freeAt[address].map { max($0, now) } ?? now
        if freeAt[address] == nil, freeAt.count >= Self.addressLimit { makeRoom(at: now) }
        freeAt[address] = current + Self.pause
    }

    var count: Int { freeAt.count }

    private mutating func makeRoom(at now: ContinuousClock.Instant) {
        freeAt = freeAt.filter { $0.value > now }
        guard freeAt.count >= Self.addressLimit, let quietest = freeAt.min(by: { $0.value < $1.value }) else { return }
        freeAt[quietest.key] = nil
    }
}

/// Who attempts are counted for: an IPv4 address, or the first half of an IPv6 address, which is what one customer has.
struct ClientAddress: Hashable, Sendable {
    private let bits: UInt64
    private let isIPv6: Bool

    init(ipv4 bits: UInt32) {
        self.bits = UInt64(bits)
        isIPv6 = false
    }

    /// - Parameter bytes: Sixteen; an IPv4 address that is mapped into IPv6 is the IPv4 address.
    init(ipv6 bytes: [UInt8]) {
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        let isMapped = number(0..<8) == 0 && number(8..<12) == 0xFFFF
        bits = isMapped ? number(12..<16) : number(0..<8)
        isIPv6 = !isMapped
    }
}
