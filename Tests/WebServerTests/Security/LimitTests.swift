import Testing

@testable import WebServer

@Suite("Limits of attempts and requests") struct LimitTests {
    private let start = ContinuousClock.now
    private let address = ClientAddress(ipv4: 1)

    @Test("a few wrong passwords at once, then one in a while")
    func attempts() {
        var limiter = AttemptLimiter()
        for _ in 0..<AttemptLimiter.burst {
            #expect(limiter.wait(address, at: start) == nil)
            limiter.failed(address, at: start)
        }
        #expect(limiter.wait(address, at: start) == AttemptLimiter.pause)
        #expect(limiter.wait(ClientAddress(ipv4: 2), at: start) == nil)
        let later = start + AttemptLimiter.pause
        #expect(limiter.wait(address, at: later) == nil)
        limiter.failed(address, at: later)
        #expect(limiter.wait(address, at: later) == AttemptLimiter.pause)
        let muchLater = start + .seconds(3_600)
        for _ in 0..<AttemptLimiter.burst {
            #expect(limiter.wait(address, at: muchLater) == nil)
            limiter.failed(address, at: muchLater)
        }
    }

    @Test("its memory is bounded, and those who fail most stay in it")
    func bounded() {
        var limiter = AttemptLimiter()
        for _ in 0..<AttemptLimiter.burst { limiter.failed(address, at: start) }
        for number in 10..<10_000 { limiter.failed(ClientAddress(ipv4: UInt32(number)), at: start) }
        #expect(limiter.count == AttemptLimiter.addressLimit)
        #expect(limiter.wait(address, at: start) != nil)
    }

    @Test("half of an IPv6 address is one client; an IPv4 address in it is that address")
    func addresses() {
        let prefix: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1]
        func with(_ tail: UInt8) -> ClientAddress { ClientAddress(ipv6: prefix + [0, 0, 0, 0, 0, 0, 0, tail]) }
        #expect(with(1) == with(2))
        #expect(with(1) != ClientAddress(ipv6: [UInt8](repeating: 0, count: 15) + [1]))
        let mapped = [UInt8](repeating: 0, count: 10) + [255, 255, 0, 0, 0, 1]
        #expect(ClientAddress(ipv6: mapped) == address)
    }

    @Test("a rate lets its burst through, then one in each interval")
    func rate() {
        var bucket = RequestBucket(RequestRate(interval: .seconds(2), burst: 3))
        var taken: [Bool] = []
        for seconds in [0, 0, 0, 0, 1, 2, 2] { taken.append(bucket.take(at: start + .seconds(seconds))) }
        #expect(taken == [true, true, true, false, false, true, false])
        var none = RequestBucket(RequestRate(interval: .seconds(1), burst: 0))
        let isTaken = none.take(at: start)
        #expect(!isTaken)
    }

    @Test("what came last is remembered")
    func recent() {
        var recent = RecentSet<Int>(limit: 3)
        for number in [1, 2, 2, 3, 4] { recent.insert(number) }
        #expect([1, 2, 3, 4].map(recent.contains) == [false, true, true, true])
        for number in 5..<100 { recent.insert(number) }
        #expect([96, 97, 98, 99].map(recent.contains) == [false, true, true, true])
    }
}
