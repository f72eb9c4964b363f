import ConnectionPool
import Testing

struct PoolErrorTests {
    @Test("an error reads as its sentence")
    func describesItself() {
        #expect("\(PoolError(code: .shutdown, message: "the pool is shut down"))" == "the pool is shut down")
    }
}
