import ConnectionPool
import Testing

@Suite("the configuration of a pool")
struct PoolConfigurationTests {
    @Test("the defaults are valid, and so are all limits")
    func valid() throws {
        try PoolConfiguration(name: "x").validate()
        var configuration = PoolConfiguration(name: "x")
        configuration.maximum = 1
        configuration.minimum = 1
        configuration.waitersMaximum = 0
        configuration.acquireTimeout = .milliseconds(1)
        configuration.idleTimeout = .milliseconds(10)
        configuration.maximumLifetime = nil
        configuration.keepAliveInterval = .seconds(365 * 86_400)
        configuration.shutdownBound = .zero
        try configuration.validate()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let sentence: String
        let change: @Sendable (inout PoolConfiguration) -> Void
        var testDescription: String { sentence }
    }

    @Test(
        "what is wrong is said with the knob, its value and its limit",
        arguments: [
            Case(sentence: "maximum is 0, but must be at least 1") { $0.maximum = 0 },
            Case(sentence: "maximum is 10001, but must be at most 10000") { $0.maximum = 10_001 },
            Case(sentence: "minimum is -1, but must be at least 0") { $0.minimum = -1 },
            Case(sentence: "minimum is 11, but must be at most maximum, 10") { $0.minimum = 11 },
            Case(sentence: "waitersMaximum is -1, but must be at least 0") { $0.waitersMaximum = -1 },
            Case(sentence: "waitersMaximum is 100001, but must be at most 100000") { $0.waitersMaximum = 100_001 },
            Case(sentence: "acquireTimeout is 0.0 seconds, but must be at least 0.001 seconds") {
                $0.acquireTimeout = .zero
            },
            Case(sentence: "idleTimeout is 0.009 seconds, but must be at least 0.01 seconds") {
                $0.idleTimeout = .milliseconds(9)
            },
            Case(sentence: "maximumLifetime is -1.0 seconds, but must be at least 0.01 seconds") {
                $0.maximumLifetime = .seconds(-1)
            },
            Case(sentence: "keepAliveInterval is 31536001.0 seconds, but must be at most 365 days") {
                $0.keepAliveInterval = .seconds(31_536_001)
            },
            Case(sentence: "leakThreshold is 0.0 seconds, but must be at least 0.001 seconds") {
                $0.leakThreshold = .zero
            },
            Case(sentence: "openTimeout is 0.0 seconds, but must be at least 0.001 seconds") { $0.openTimeout = .zero },
            Case(sentence: "resetTimeout is 0.0 seconds, but must be at least 0.001 seconds") {
                $0.resetTimeout = .zero
            },
            Case(sentence: "shutdownBound is -1.0 seconds, but must be at least 0.0 seconds") {
                $0.shutdownBound = .seconds(-1)
            },
            Case(
                sentence:
                    "minimum is -1, but must be at least 0; openTimeout is 0.0 seconds, but must be at least 0.001 seconds"
            ) {
                $0.minimum = -1
                $0.openTimeout = .zero
            },
        ])
    func invalid(wrong: Case) {
        var configuration = PoolConfiguration(name: "main")
        wrong.change(&configuration)
        #expect {
            try configuration.validate()
        } throws: { error in
            let error = error as? PoolError
            return error?.code == .invalidConfiguration && error?.message == "pool main: \(wrong.sentence)"
        }
        #expect(throws: PoolError.self) {
            _ = try ConnectionPool(configuration) { throw FakeError() } as ConnectionPool<FakeConnection>
        }
    }
}
