import Observations
import Testing

@testable import Advisor

@Suite("the ledger of pools")
struct PoolLedgerTests {
    private func pool(waiting: Double, idle: Double, maxwait: Double = 0) -> PgBouncerPool {
        PgBouncerPool(
            database: "shop", user: "web", poolMode: "transaction",
            numbers: ["cl_active": 3, "cl_waiting": waiting, "sv_active": 2, "sv_idle": idle, "maxwait": maxwait])
    }

    @Test("waiting, and waiting while servers are idle, are counted by samples")
    func waiting() throws {
        var ledger = PoolLedger()
        #expect(ledger.history == nil)
        ledger.observe([pool(waiting: 0, idle: 1)], at: 10)
        ledger.observe([pool(waiting: 4, idle: 0, maxwait: 2)], at: 11)
        ledger.observe([pool(waiting: 1, idle: 2)], at: 12)
        let history = try #require(ledger.history)
        let pool = try #require(history.pools.first)
        #expect(history.samples == 3 && history.seconds == 2)
        #expect(pool.samplesWaiting == 2 && pool.samplesWaitingWhileIdle == 1)
        #expect(pool.mostWaiting == 4 && pool.longestWait == 2 && pool.meanBusy == 2 && pool.mostClients == 7)
    }

    @Test("a connection that is to be closed is followed until it is gone, also over a new watch")
    func closeNeeded() throws {
        func server(_ pointer: UInt64, _ closeNeeded: Bool) -> PgBouncerServer {
            PgBouncerServer(
                database: "shop", user: "web", state: "active", closeNeeded: closeNeeded, pointer: pointer)
        }
        var ledger = PoolLedger()
        ledger.observe([pool(waiting: 0, idle: 0)], at: 0)
        ledger.observe([server(1, true), server(2, false)], at: 0)
        ledger.turn()
        ledger.observe([pool(waiting: 0, idle: 0)], at: 100)
        ledger.observe([server(1, true), server(2, true)], at: 100)
        let needed = try #require(ledger.history?.closeNeeded)
        #expect(needed == [CloseNeeded(database: "shop", user: "web", count: 2, longestSeconds: 100)])
        ledger.observe([server(2, false)], at: 101)
        #expect(ledger.history?.closeNeeded == [])
    }
}
