import Observations
import Sessions
import Testing

@Suite("Filters of sessions")
struct SessionFilterTests {
    private func pids(_ listing: SessionListing, _ change: (inout SessionFilter) -> Void) -> [Int32] {
        var filter = SessionFilter()
        change(&filter)
        return listing.rows.filter(filter.matches).map(\.pid)
    }

    private let all = listing(
        session(1, .active, age: 8), session(2, .idle, age: 7_000), session(3, .idleInTransaction, age: 60),
        session(4, .idleInTransactionAborted, age: 2), session(5, .fastpath, age: 0.1),
        session(6, isHidden: true))

    @Test("none means all, in the order of their ages, those with a hidden one last")
    func none() {
        #expect(SessionFilter().isEmpty)
        #expect(pids(all) { _ in } == [2, 3, 1, 4, 5, 6])
    }

    @Test("each state in the words of the flags, a failed transaction with the open ones")
    func states() {
        #expect(pids(all) { $0.states = [.active] } == [1, 5])
        #expect(pids(all) { $0.states = [.idle] } == [2])
        #expect(pids(all) { $0.states = [.idleInTransaction] } == [3, 4])
        #expect(pids(all) { $0.states = [.idle, .active] } == [2, 1, 5])
    }

    @Test("longer than: statements and transactions; idle sessions only where asked for; hidden ones never")
    func longerThan() {
        #expect(pids(all) { $0.longerThan = 5 } == [3, 1])
        #expect(pids(all) { ($0.longerThan, $0.states) = (5, [.idle]) } == [2])
        #expect(pids(all) { $0.longerThan = 0 } == [3, 1, 4, 5])
        #expect(pids(all) { $0.longerThan = 8 } == [3], "longer, not as long")
    }

    @Test("values of one kind are alternatives, kinds must all hold")
    func kinds() {
        let rows = listing(
            session(1, application: "a", user: "x", database: "one"),
            session(2, application: "b", user: "x", database: "two"),
            session(3, application: "a", user: "y", database: "two", address: nil))
        #expect(pids(rows) { $0.users = ["x"] } == [1, 2])
        #expect(pids(rows) { ($0.users, $0.applications) = (["x"], ["a"]) } == [1])
        #expect(pids(rows) { $0.databases = ["one", "two"] } == [1, 2, 3])
        #expect(pids(rows) { $0.pids = [3, 9] } == [3])
        #expect(pids(rows) { $0.addresses = ["unix"] } == [3])
        #expect(pids(rows) { $0.addresses = ["10.0.0.7"] } == [1, 2])
    }

    @Test("the client behind the pooler is found by its application and address, too")
    func behindPooler() {
        let rows = listing(session(1, application: "pgbouncer"), session(2)).joined(with: link(1))
        #expect(pids(rows) { $0.applications = ["checkout"] } == [1])
        #expect(pids(rows) { $0.applications = ["pgbouncer"] } == [1])
        #expect(pids(rows) { $0.addresses = ["192.0.2.9"] } == [1])
    }

    @Test("blocking: whoever others wait for, whatever it is at")
    func blocking() {
        let rows = listing(
            session(1, .idleInTransaction), session(2, blockedBy: [1, 3, 1]), session(3, blockedBy: [1]), session(4))
        #expect(pids(rows) { $0.isBlocking = true } == [1, 3])
        #expect(rows.rows.first { $0.pid == 1 }?.blocks == 2)
    }
}

@Suite("What an action chooses")
struct SessionSelectionTests {
    private func selection(
        _ action: SessionAction, _ rows: SessionListing, permissions: ActionPermissions = ActionPermissions(),
        _ change: (inout SessionFilter) -> Void = { _ in }
    ) -> SessionSelection {
        var filter = SessionFilter()
        change(&filter)
        return SessionSelection(action, from: rows, by: filter, permissions: permissions)
    }

    private let rows = listing(
        session(1), session(2, isSuperuser: true), session(3, type: "walsender"), session(4, isHidden: true),
        session(5, type: "autovacuum worker"), session(6, .idle), session(7, isSelf: true))

    @Test("superusers, replication, hidden ones, workers and our own are left alone, each with its reason")
    func spared() {
        let terminate = selection(.terminate, rows)
        #expect(terminate.chosen.map(\.pid) == [1, 6])
        #expect(
            Dictionary(uniqueKeysWithValues: terminate.spared.map { ($0.row.pid, $0.reason) })
                == [2: .superuser, 3: .replication, 4: .hidden, 5: .notClient, 7: .ownSession])
        let cancel = selection(.cancel, rows)
        #expect(cancel.chosen.map(\.pid) == [1])
        #expect(cancel.spared.first { $0.row.pid == 6 }?.reason == .noStatement)
    }

    @Test("asked for, superusers and replication are chosen; workers and our own never")
    func permitted() {
        let all = ActionPermissions(includesSuperusers: true, includesReplication: true)
        #expect(Set(selection(.terminate, rows, permissions: all).chosen.map(\.pid)) == [1, 2, 3, 6])
        let superusers = ActionPermissions(includesSuperusers: true)
        #expect(Set(selection(.terminate, rows, permissions: superusers).chosen.map(\.pid)) == [1, 2, 6])
    }

    @Test("process ids that nobody has are told")
    func missing() {
        let selection = selection(.terminate, rows) { $0.pids = [1, 99, 42] }
        #expect(selection.missing == [42, 99])
        #expect(selection.isByProcessID)
    }

    @Test("what must still hold is why it was chosen")
    func conditions() {
        let direct = session(1)
        #expect(selection(.cancel, rows).condition(for: direct) == .statement)
        #expect(selection(.terminate, rows) { $0.users = ["app"] }.condition(for: direct) == .session)
        #expect(selection(.terminate, rows) { $0.longerThan = 5 }.condition(for: direct) == .state)
        #expect(selection(.terminate, rows) { $0.states = [.idle] }.condition(for: direct) == .state)
        #expect(selection(.terminate, rows) { $0.isBlocking = true }.condition(for: direct) == .transaction)
        let byName = selection(.terminate, rows) { $0.applications = ["web"] }
        #expect(byName.requests.map(\.condition) == [.session, .session])
    }

    @Test("a pooler's session that was chosen for its client must still be in the same transaction")
    func lent() {
        let rows = listing(session(1, transaction: 3), session(2)).joined(with: link(1))
        let byClient = selection(.terminate, rows) { $0.applications = ["checkout", "web"] }
        #expect(byClient.requests.map(\.condition) == [.transaction, .session])
        #expect(selection(.cancel, rows) { $0.addresses = ["192.0.2.9"] }.requests.map(\.condition) == [.statement])
        #expect(selection(.terminate, rows) { $0.pids = [1] }.requests.map(\.condition) == [.session])
    }

    @Test("a client counts only if the pooler says so before and after")
    func confirmed() {
        #expect(link(1).confirmed(by: link(1)) == link(1))
        #expect(link(1).confirmed(by: link(1, application: "other")) == .none)
        #expect(link(1).confirmed(by: link(2)) == .none)
    }

    @Test("only the very phrase with the very number is a yes")
    func confirmation() {
        let confirmation = Confirmation(.terminate, count: 3)
        #expect(confirmation.phrase == "terminate 3")
        for answer in ["terminate 3", "  terminate   3 \n"] { #expect(confirmation.isGiven(by: answer)) }
        for answer in [nil, "", "y", "yes", "3", "terminate", "terminate 2", "terminate 33", "cancel 3", "TERMINATE 3"]
        {
            #expect(!confirmation.isGiven(by: answer))
        }
        #expect(Confirmation(draining: "shop").isGiven(by: "drain shop"))
    }
}
