import Observations

/// What stays in a drained database, and what was done.
package struct DrainReport: Sendable {
    package var cancelled = 0
    package var terminated = 0
    /// Sessions that could have been ended, and were not: with the reason, where one was given.
    package var left: [(row: SessionRow, reason: String?)] = []
    package var spared: [SessionSelection.Spared] = []
    /// Transactions that are prepared and belong to no session: `gid (owner, age)`.
    package var preparedTransactions: [String] = []
    /// Replication slots of the database.
    package var slots: [String] = []

    package init() {}

    /// Whether nobody and nothing is left.
    package var isEmpty: Bool {
        left.isEmpty && spared.isEmpty && preparedTransactions.isEmpty && slots.isEmpty
    }

    /// One finding a line.
    package func lines(database: String) -> [String] {
        var lines = [
            "\(database): \(Plural.count(terminated, "session")) terminated, "
                + "\(Plural.count(cancelled, "statement")) cancelled; new sessions are rejected"
        ]
        if isEmpty { lines.append("nothing is left in it") }
        lines += left.prefix(Self.limit).map {
            "still there: \(SessionText.name($0.row))\($0.reason.map { ": \($0)" } ?? "")"
        }
        lines += more(left.count)
        lines += spared.prefix(Self.limit).map { "left alone: \(SessionText.name($0.row)): it \($0.reason.sentence)" }
        lines += more(spared.count)
        lines += preparedTransactions.map {
            "still there: prepared transaction \($0): COMMIT PREPARED or ROLLBACK PREPARED, from within the database"
        }
        lines += slots.map { "still there: replication slot \($0)" }
        return lines
    }

    private static let limit = 50

    private func more(_ count: Int) -> [String] {
        count > Self.limit ? ["… and \(count - Self.limit) more sessions"] : []
    }
}
