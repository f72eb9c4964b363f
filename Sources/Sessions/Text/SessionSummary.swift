import Observations

/// The line below a list of sessions.
package struct SessionSummary: Sendable {
    package let text: String

    /// - Parameters:
    ///   - shown: those of the listing that are meant.
    ///   - role: ours.
    package init(_ listing: SessionListing, shown: [SessionRow], role: String) {
        let all = listing.rows.count
        var parts = [
            shown.count == all ? Plural.count(all, "session") : "\(shown.count) of \(Plural.count(all, "session"))"
        ]
        func add(_ count: Int, _ what: String) { if count > 0 { parts.append("\(count) \(what)") } }
        add(shown.count { $0.isRunning && !$0.isReplication }, "active")
        add(shown.count { $0.activity.state == .idle }, "idle")
        add(shown.count { $0.activity.state?.isIdleInTransaction == true }, "idle in transaction")
        add(shown.count { !$0.blockedBy.isEmpty }, "blocked")
        add(listing.hiddenCount, "hidden from us (GRANT pg_monitor TO \(SQLName.quoted(role)))")
        if listing.isTruncated { parts.append("there are more") }
        // To the second: 2026-11-26T21:20:01.
        text = parts.joined(separator: ", ") + " · " + listing.sampledAt.iso8601.prefix(19) + "Z by the server's clock"
    }
}
