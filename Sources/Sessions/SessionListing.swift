import Observations

/// The sessions of a server at one moment: client backends and receivers of the write-ahead log, without our own.
package struct SessionListing: Sendable, Equatable {
    /// By the server's clock.
    package let sampledAt: ServerTime
    /// In the order of their ages, the oldest first; those whose age is hidden last.
    package let rows: [SessionRow]
    /// Whether there are more than were read.
    package let isTruncated: Bool

    package init(sampledAt: ServerTime, rows: [SessionRow], isTruncated: Bool = false) {
        self.sampledAt = sampledAt
        self.isTruncated = isTruncated
        var blocked: [Int32: Int] = [:]
        for row in rows { for blocker in Set(row.blockedBy) { blocked[blocker, default: 0] += 1 } }
        self.rows = rows.map { row in
            var row = row
            row.blocks = blocked[row.pid] ?? 0
            return row
        }.sorted { Self.key($0) < Self.key($1) }
    }

    /// The same with the clients of a pooler that hold these sessions now.
    package func joined(with links: PoolerLinks) -> SessionListing {
        let joined = rows.map { row in
            var row = row
            row.client = links[row.activity]
            return row
        }
        return SessionListing(sampledAt: sampledAt, rows: joined, isTruncated: isTruncated)
    }

    /// How many sessions hide from our role what they do.
    package var hiddenCount: Int { rows.count(where: \.isHidden) }

    private static func key(_ row: SessionRow) -> (Double, Int32) { (-(row.age ?? -1), row.pid) }
}
