/// One read of `pg_stat_activity`, at one server-side time.
package struct ActivitySample: Sendable {
    /// Rows that have all their traits in common.
    package struct Group: Sendable {
        package let traits: BackendTraits
        fileprivate(set) var range: Range<Int>

        package var count: Int { range.count }
    }

    package var sampledAt: ServerTime
    package var rows: [ActivityRow] { didSet { arrange() } }
    /// The rows by their traits, in the order in which the first of each group came. A thousand backends are a few dozen
    /// groups: what is counted by labels is counted by groups.
    package private(set) var groups: [Group] = []
    /// Indices of rows, group by group, in each in the order of the rows.
    private var order: [Int32] = []

    package init(sampledAt: ServerTime, rows: [ActivityRow]) {
        self.sampledAt = sampledAt
        self.rows = rows
        arrange()
    }

    /// The indices of a group's rows, ascending.
    package func indices(of group: Group) -> ArraySlice<Int32> { order[group.range] }

    /// How many of `max_connections` are taken.
    package var clientBackends: Int {
        groups.reduce(0) { $0 + ($1.traits.isClientBackend ? $1.count : 0) }
    }

    /// Whether somebody waits for a heavyweight lock.
    package var hasLockWaits: Bool { groups.contains { $0.traits.isWaitingForLock } }

    /// Whether privileges hide what one of these clients does.
    package func hasHidden(in group: Group) -> Bool {
        group.traits.isClientBackend && indices(of: group).contains { rows[Int($0)].backendStart == nil }
    }

    /// Sorts the rows by their traits, each looked up once.
    private mutating func arrange() {
        var numbers: [BackendTraits: Int] = [:]
        var groupOfRow: [Int32] = []
        groupOfRow.reserveCapacity(rows.count)
        var counts: [(traits: BackendTraits, count: Int)] = []
        for row in rows {
            let traits = row.traits
            let number: Int
            if let last = groupOfRow.last, counts[Int(last)].traits === traits {
                number = Int(last)
            } else if let known = numbers[traits] {
                number = known
            } else {
                number = counts.count
                numbers[traits] = number
                counts.append((traits, 0))
            }
            counts[number].count += 1
            groupOfRow.append(Int32(number))
        }
        var end = 0
        groups = counts.map { traits, count in
            end += count
            return Group(traits: traits, range: end - count..<end)
        }
        var next = groups.map(\.range.lowerBound)
        order = Array(repeating: 0, count: rows.count)
        for (row, group) in groupOfRow.enumerated() {
            order[next[Int(group)]] = Int32(row)
            next[Int(group)] += 1
        }
    }
}

extension ActivitySample: Equatable {
    package static func == (lhs: ActivitySample, rhs: ActivitySample) -> Bool {
        lhs.sampledAt == rhs.sampledAt && lhs.rows == rhs.rows
    }
}
