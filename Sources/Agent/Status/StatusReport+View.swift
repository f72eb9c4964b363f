import Collectors
import Exposition
import Observations
import PoolVocabulary

extension StatusReport {
    /// Rows of each list at most: a page that one can read, and a bound for the agent of a thousand targets.
    static let rowLimit = 200

    /// - Parameters:
    ///   - time: In seconds since 1970.
    ///   - withSessions: Whether single sessions are told.
    init(
        _ view: SnapshotStore.View, history: SaturationHistory, version: String, time: Double,
        withSessions: Bool = false
    ) {
        let figures = SnapshotFigures(view.snapshots)
        let newest = figures.newestSamples()
        let targets = view.statuses.map { Target($0, newest: newest[$0.profile.name], time: time) }.sorted(
            by: Self.worseTarget)
        let pools = Self.pools(figures, history, time: time)
        let databases = Self.databases(figures)
        let findings = Self.findings(figures)
        self.version = version
        self.time = time
        self.targets = Array(targets.prefix(Self.rowLimit))
        self.pools = Array(pools.prefix(Self.rowLimit))
        self.databases = Array(databases.prefix(Self.rowLimit))
        self.findings = Array(findings.prefix(Self.rowLimit))
        // Each target's in its own order, the targets in theirs.
        let sessions = withSessions ? view.sessions.flatMap(\.sessions) : nil
        self.sessions = sessions.map { Array($0.prefix(Self.rowLimit)) }
        let omittedSessions = sessions.map { sessions in
            view.sessions.reduce(max(0, sessions.count - Self.rowLimit)) { $0 + $1.omitted }
        }
        omitted = Omitted(
            targets: targets.count - self.targets.count, pools: pools.count - self.pools.count,
            databases: databases.count - self.databases.count, findings: findings.count - self.findings.count,
            sessions: omittedSessions)
    }

    private static func pools(_ figures: SnapshotFigures, _ history: SaturationHistory, time: Double) -> [Pool] {
        let saturations = figures.all(PoolFamilies.saturation)
        let sizes = figures.all(PoolFamilies.size)
        let waiting = figures.all(PoolFamilies.waitingClients)
        let waits = figures.all(PoolFamilies.oldestWait)
        let forecasts = figures.all(PoolFamilies.exhaustion)
        let connections = figures.all(PoolFamilies.connections)
        let keys = Set(saturations.keys).union(waiting.keys)
        return keys.map { key in
            Pool(
                target: key["target"] ?? "", pooler: key["pooler"] ?? "", database: key["database"] ?? "",
                user: key["user"] ?? "", saturation: saturations[key], size: sizes[key],
                busy: connections[key.adding("state", "busy")], waitingClients: waiting[key] ?? 0,
                oldestWaitSeconds: waits[key] ?? 0, exhaustionSeconds: forecasts[key],
                recentSaturation: history.values(of: key, at: time))
        }.sorted(by: worsePool)
    }

    private static func databases(_ figures: SnapshotFigures) -> [Database] {
        let transactions = figures.all(OldestCollector.oldestTransaction)
        let queries = figures.all(OldestCollector.oldestQuery)
        let idle = figures.all(OldestCollector.oldestIdleInTransaction)
        let blocked = figures.all(BlockingCollector.blocked)
        let blocks = figures.all(BlockingCollector.longest)
        let leaked = figures.sums(LeaksCollector.leaked, by: ["target", "datname"])
        let keys = Set(transactions.keys).union(queries.keys).union(blocked.keys)
        return keys.map { key in
            Database(
                target: key["target"] ?? "", database: key["datname"] ?? "",
                oldestTransactionSeconds: transactions[key], oldestQuerySeconds: queries[key],
                oldestIdleInTransactionSeconds: idle[key], blockedSessions: blocked[key],
                longestBlockSeconds: blocks[key], leakedConnections: leaked[key])
        }.sorted(by: worseDatabase)
    }

    private static func findings(_ figures: SnapshotFigures) -> [Finding] {
        figures.all("poolscope_check_findings").compactMap { labels, count in
            guard count > 0, let check = labels["check"] else { return nil }
            return Finding(
                target: labels["target"] ?? "", check: check, severity: labels["severity"] ?? "", count: count)
        }.sorted {
            (rank($0.severity), $0.target, $0.check) < (rank($1.severity), $1.target, $1.check)
        }
    }

    private static func rank(_ severity: String) -> Int {
        ["critical", "warning", "info"].firstIndex(of: severity) ?? 3
    }

    private static func worseTarget(_ left: Target, _ right: Target) -> Bool {
        (left.isUp ? 1 : 0, left.name) < (right.isUp ? 1 : 0, right.name)
    }

    private static func worsePool(_ left: Pool, _ right: Pool) -> Bool {
        if left.oldestWaitSeconds != right.oldestWaitSeconds { return left.oldestWaitSeconds > right.oldestWaitSeconds }
        if left.saturation != right.saturation { return (left.saturation ?? 0) > (right.saturation ?? 0) }
        return (left.target, left.pooler, left.database, left.user)
            < (right.target, right.pooler, right.database, right.user)
    }

    private static func worseDatabase(_ left: Database, _ right: Database) -> Bool {
        let ages = (left.oldestTransactionSeconds ?? 0, right.oldestTransactionSeconds ?? 0)
        if ages.0 != ages.1 { return ages.0 > ages.1 }
        return (left.target, left.database) < (right.target, right.database)
    }
}

extension StatusReport.Target {
    var isUp: Bool { state == TargetState.up.rawValue }

    fileprivate init(_ status: TargetStatus, newest: Double?, time: Double) {
        name = status.profile.name
        kind = status.profile.kind.rawValue
        cluster = status.profile.cluster
        serverVersion = status.version.isEmpty ? nil : status.version
        state = status.state.rawValue
        reason = status.sentence
        sampleAgeSeconds = newest.map { max(0, time - $0) }
    }
}
