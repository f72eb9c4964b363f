import Observations

/// Which sessions are meant. What is given must all hold; of several values of one kind, any.
package struct SessionFilter: Sendable, Equatable {
    /// What a session is at, in the words of the flags.
    package enum State: String, Sendable, CaseIterable {
        /// A statement runs.
        case active
        case idle
        /// A transaction is open and nothing runs; also one that has failed.
        case idleInTransaction = "idle-in-transaction"

        func holds(_ state: BackendState?) -> Bool {
            guard let state else { return false }
            return switch self {
            case .active: state.isRunning
            case .idle: state == .idle
            case .idleInTransaction: state.isIdleInTransaction
            }
        }
    }

    package var pids: Set<Int32> = []
    package var states: Set<State> = []
    package var users: Set<String> = []
    /// The session's own application name, or that of the client behind the pooler.
    package var applications: Set<String> = []
    package var databases: Set<String> = []
    /// Addresses as the server writes them, or `unix`: the session's own, or that of the client behind the pooler.
    package var addresses: Set<String> = []
    /// Sessions that have been at what they are at for more than so many seconds. Where no state is asked for, those that
    /// are idle outside a transaction are left out: a pool's spare connections are idle for hours, and meant to be.
    package var longerThan: Double?
    /// Others wait for it.
    package var isBlocking = false

    package init() {}

    /// Whether it means every session.
    package var isEmpty: Bool { self == SessionFilter() }

    package func matches(_ row: SessionRow) -> Bool {
        allows(pids, row.pid)
            && (states.isEmpty || states.contains { $0.holds(row.activity.state) })
            && allows(users, row.activity.user ?? "") && allows(databases, row.activity.database ?? "")
            && (allows(applications, row.activity.applicationName)
                || row.client.map { applications.contains($0.clientApplication) } == true)
            && (addresses.isEmpty || row.address.map(addresses.contains) == true
                || row.client.map { addresses.contains($0.clientAddress) } == true)
            && (!isBlocking || row.blocks > 0) && isOldEnough(row)
    }

    private func isOldEnough(_ row: SessionRow) -> Bool {
        guard let longerThan else { return true }
        guard let age = row.age, age > longerThan else { return false }
        return !states.isEmpty || row.activity.state != .idle
    }

    private func allows<Value>(_ values: Set<Value>, _ value: Value) -> Bool {
        values.isEmpty || values.contains(value)
    }
}
