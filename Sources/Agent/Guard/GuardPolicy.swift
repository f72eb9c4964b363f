import Observations
import Sessions

/// One rule of the guard: which sessions, at what and for how long, and what becomes of them.
package struct GuardPolicy: Sendable, Equatable {
    /// What a session is at when the policy is for it.
    package enum Trigger: String, Sendable, CaseIterable {
        /// A transaction is open and nothing runs; also one that has failed.
        case idleInTransaction = "idle_in_transaction"
        /// A statement runs.
        case statement
        /// It is idle outside a transaction, and belongs to an application whose idle sessions keep growing in number.
        case leakedIdle = "leaked_idle"

        func holds(_ state: BackendState?) -> Bool {
            guard let state else { return false }
            return switch self {
            case .idleInTransaction: state.isIdleInTransaction
            case .statement: state.isRunning
            case .leakedIdle: state == .idle
            }
        }

        /// What is tried first: a statement is cancelled before its session is ended.
        var firstAction: SessionAction { self == .statement ? .cancel : .terminate }

        /// What must still hold of a session when it is acted upon.
        var condition: ActionCondition { self == .statement ? .statement : .state }
    }

    /// The value of the label `policy`; unique among the policies of a target.
    package var name: String
    package var trigger: Trigger
    /// Seconds that a session must have been at it for more than.
    package var longerThan: Double
    /// The utmost that is done. For a statement, `terminate` means: cancel, and terminate what that does not stop.
    package var action: SessionAction
    /// The policy's own mode; it counts where it is less than the guard's.
    package var mode: GuardMode?
    /// The session's own application name, or that of the client behind a watched pooler.
    package var applications = GuardNames()
    package var users = GuardNames()
    package var databases = GuardNames()
    package var targets = GuardNames()

    package init(name: String, trigger: Trigger, longerThan: Double, action: SessionAction, mode: GuardMode? = nil) {
        self.name = name
        self.trigger = trigger
        self.longerThan = longerThan
        self.action = action
        self.mode = mode
    }

    /// What the policy may come to, in the order in which it is tried.
    var actions: [SessionAction] {
        trigger.firstAction == action ? [action] : [trigger.firstAction, action]
    }

    /// Whether a session is at it for too long.
    func isExceeded(by row: SessionRow) -> Bool {
        trigger.holds(row.activity.state) && (row.age ?? 0) > longerThan
    }
}
