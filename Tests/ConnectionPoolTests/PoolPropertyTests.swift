import ConnectionPool
import Testing

@Suite("any course of events")
struct PoolPropertyTests {
    struct Setup: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout PoolConfiguration) -> Void
    }

    static let setups = [
        Setup(testDescription: "one connection") {
            $0.maximum = 1
            $0.minimum = 1
        },
        Setup(testDescription: "defaults, with a smaller queue") { $0.waitersMaximum = 20 },
        Setup(testDescription: "a minimum of three of eight, short times") {
            $0.minimum = 3
            $0.maximum = 8
            $0.waitersMaximum = 30
            $0.acquireTimeout = .milliseconds(300)
            $0.idleTimeout = .milliseconds(200)
            $0.keepAliveInterval = .milliseconds(150)
            $0.maximumLifetime = .milliseconds(900)
            $0.leakThreshold = .milliseconds(400)
        },
        Setup(testDescription: "all of four kept, nothing ages") {
            $0.minimum = 4
            $0.maximum = 4
            $0.waitersMaximum = 8
            $0.idleTimeout = nil
            $0.keepAliveInterval = nil
            $0.maximumLifetime = nil
            $0.leakThreshold = nil
        },
        Setup(testDescription: "nobody may wait") {
            $0.minimum = 2
            $0.maximum = 5
            $0.waitersMaximum = 0
            $0.maximumLifetime = .milliseconds(50)
        },
        Setup(testDescription: "everybody is impatient") {
            $0.maximum = 3
            $0.waitersMaximum = 10
            $0.acquireTimeout = .milliseconds(5)
            $0.idleTimeout = .milliseconds(10)
        },
    ]

    @Test("no invariant breaks in random events", arguments: setups)
    func holds(setup: Setup) async throws {
        var configuration = PoolConfiguration(name: "property")
        setup.change(&configuration)
        try configuration.validate()
        var events = 0
        for seed in 0..<UInt64(250) {
            // Other tests wait for real time to pass.
            await Task.yield()
            var world = PoolWorld(configuration, seed: seed)
            do { events += try world.live(steps: 2_000) } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
        #expect(events > 200_000)
    }
}
