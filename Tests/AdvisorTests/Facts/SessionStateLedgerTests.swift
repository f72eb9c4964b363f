import Observations
import Testing

@testable import Advisor

@Suite("the ledger of session state")
struct SessionStateLedgerTests {
    private func state(_ pid: Int32) -> SessionState {
        SessionState(pid: pid, clientPort: 1, database: "shop", user: "web", application: "api", kind: .set)
    }

    @Test("what was seen stays for the watch, and each use is there once")
    func remembers() {
        var ledger = SessionStateLedger()
        #expect(ledger.seen == nil)
        ledger.observe([])
        #expect(ledger.seen == [])
        ledger.observe([state(2), state(1)])
        ledger.observe([state(2)])
        ledger.observe([])
        #expect(ledger.seen == [state(1), state(2)])
        ledger.turn()
        #expect(ledger.seen == nil)
    }

    @Test("however many there are, it is bounded")
    func bounded() {
        var ledger = SessionStateLedger()
        ledger.observe((0..<5_000).map { state($0) })
        #expect(ledger.seen?.count == SessionStateLedger.limit)
    }
}
