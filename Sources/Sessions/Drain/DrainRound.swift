import Observations

/// Times of a drain.
package struct DrainTimes: Sendable, Equatable {
    /// How long transactions may go on before anything of theirs is cancelled.
    package var patience: Duration = .zero
    /// From the cancelling of a statement to the end of its session.
    package var grace: Duration = .seconds(10)
    /// From the last signal to the report of what stays.
    package var wait: Duration = .seconds(5)

    package init() {}

    /// When all that is left is terminated.
    package var terminateAt: Duration { patience + grace }
    package var end: Duration { terminateAt + wait }
}

/// What a drain does next: one look at the sessions of the database. Pure.
///
/// Sessions that are idle outside a transaction lose nothing and go at once, and so does every other as soon as its
/// transaction is over. Statements that still run after the patience are cancelled; what is there after the grace is
/// terminated.
package struct DrainRound: Sendable {
    package let requests: [ActionRequest]
    /// Sessions that the drain may end and that are still there.
    package let left: [SessionRow]
    /// Sessions that it leaves alone.
    package let spared: [SessionSelection.Spared]

    /// What was signalled already.
    package struct Signals: Sendable {
        fileprivate var cancelled: Set<Statement> = []
        fileprivate var terminated: Set<SessionIdentity> = []
        /// Sessions that cannot be ended by us: they stay, and are not tried again.
        fileprivate var refused: Set<SessionIdentity> = []

        package init() {}

        /// Takes note of what a request led to.
        package mutating func note(_ request: ActionRequest, _ outcome: ActionOutcome) {
            guard let identity = request.row.identity else { return }
            switch outcome {
            case .done:
                switch request.action {
                case .cancel: cancelled.insert(Statement(identity, request.row.activity.queryStart))
                case .terminate: terminated.insert(identity)
                }
            case .insufficientPrivilege, .refused, .failed: refused.insert(identity)
            case .gone, .reused, .changed: break
            }
        }
    }

    fileprivate struct Statement: Hashable {
        let session: SessionIdentity
        let start: ServerTime?

        init(_ session: SessionIdentity, _ start: ServerTime?) {
            self.session = session
            self.start = start
        }
    }

    /// - Parameters:
    ///   - elapsed: since new sessions are rejected.
    ///   - signals: of the rounds before.
    package init(
        _ listing: SessionListing, database: String, elapsed: Duration, times: DrainTimes, signals: Signals,
        permissions: ActionPermissions
    ) {
        var requests: [ActionRequest] = []
        var left: [SessionRow] = []
        var spared: [SessionSelection.Spared] = []
        for row in listing.rows where row.activity.database == database {
            if let reason = permissions.reasonToSpare(row, from: .terminate) {
                spared.append(.init(row: row, reason: reason))
                continue
            }
            left.append(row)
            let step = Self.step(for: row, elapsed: elapsed, times: times, signals: signals)
            if let (action, condition) = step {
                requests.append(ActionRequest(action, on: row, if: condition, permissions: permissions))
            }
        }
        self.requests = requests
        self.left = left
        self.spared = spared
    }

    private static func step(
        for row: SessionRow, elapsed: Duration, times: DrainTimes, signals: Signals
    ) -> (SessionAction, ActionCondition)? {
        guard let identity = row.identity, !signals.refused.contains(identity),
            !signals.terminated.contains(identity)
        else { return nil }
        if elapsed >= times.terminateAt { return (.terminate, .session) }
        // One that has begun something since we looked is left to a later round.
        if row.activity.state == .idle { return (.terminate, .state) }
        guard elapsed >= times.patience, row.isRunning,
            !signals.cancelled.contains(Statement(identity, row.activity.queryStart))
        else { return nil }
        return (.cancel, .statement)
    }
}
