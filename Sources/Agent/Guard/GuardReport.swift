import Sessions

/// What came of the actions that one session was lent for.
struct GuardReport: Sendable {
    var results: [(action: GuardAction, outcome: ActionOutcome)] = []
    /// Those that nobody came to: there was no session, or no more time.
    var untried: [GuardAction] = []
    /// Why the guard must act no more: what it does cannot be written down.
    var halt: SessionsError?
    var hasLostSession = false
}
