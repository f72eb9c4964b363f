/// Which sessions an action would hit, and which it leaves alone. Pure.
package struct SessionSelection: Sendable {
    package struct Spared: Sendable, Equatable {
        package let row: SessionRow
        package let reason: SpareReason
    }

    package let action: SessionAction
    package let chosen: [SessionRow]
    /// Those that match the filter, too.
    package let spared: [Spared]
    /// Process ids that were asked for by number and that no session has, ascending.
    package let missing: [Int32]
    /// Whether the sessions were named one by one.
    package let isByProcessID: Bool
    private let condition: ActionCondition
    /// Whether the client behind a pooler may be why a session was chosen.
    private let looksBehindPooler: Bool
    private let permissions: ActionPermissions

    package init(
        _ action: SessionAction, from listing: SessionListing, by filter: SessionFilter,
        permissions: ActionPermissions
    ) {
        self.action = action
        var chosen: [SessionRow] = []
        var spared: [Spared] = []
        for row in listing.rows where filter.matches(row) {
            if let reason = permissions.reasonToSpare(row, from: action) {
                spared.append(Spared(row: row, reason: reason))
            } else {
                chosen.append(row)
            }
        }
        self.chosen = chosen
        self.spared = spared
        isByProcessID = !filter.pids.isEmpty
        missing = filter.pids.subtracting(listing.rows.map(\.pid)).sorted()
        condition = ActionCondition(action, choosing: filter)
        looksBehindPooler = !filter.applications.isEmpty || !filter.addresses.isEmpty
        self.permissions = permissions
    }

    /// What is to be done, in the order of the chosen.
    package var requests: [ActionRequest] {
        chosen.map { ActionRequest(action, on: $0, if: condition(for: $0), permissions: permissions) }
    }

    /// What must still hold of a session when its turn comes.
    package func condition(for row: SessionRow) -> ActionCondition {
        // A pooler lends its sessions from one transaction to the next: later it may be another client's.
        looksBehindPooler && row.client != nil && condition == .session ? .transaction : condition
    }
}

/// What people type to say that they mean it.
package struct Confirmation: Sendable {
    /// Has the number, so that nobody agrees to a list that they have not read.
    package let phrase: String

    package init(_ action: SessionAction, count: Int) {
        phrase = "\(action.rawValue) \(count)"
    }

    package init(draining database: String) {
        phrase = "drain \(database)"
    }

    /// Nil: the end of the input.
    package func isGiven(by answer: String?) -> Bool {
        guard let answer else { return false }
        return answer.split(whereSeparator: \.isWhitespace).joined(separator: " ") == phrase
    }
}
