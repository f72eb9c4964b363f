import Advisor
import Collectors
import Observations

/// Makes of what the collectors read the facts that checks need. Pure: observations and times come in.
///
/// Memory: that of its ledgers and of its load meters, and two reads of the counters.
struct FactsGatherer {
    /// The first and the latest read of one source, at the agent's wall clock.
    private struct Growth<Rows: Sendable>: Sendable {
        let firstTime: Double
        let first: Rows
        var lastTime: Double
        var last: Rows

        init(_ rows: Rows, at time: Double) {
            (firstTime, first, lastTime, last) = (time, rows, time, rows)
        }

        var seconds: Double { lastTime - firstTime }
        var isMeasured: Bool { lastTime > firstTime }
        /// What a new watch begins with.
        var turned: Growth { Growth(last, at: lastTime) }
    }

    private static let tooEarly = "it takes two looks at the counters: watch with --watch"

    private var sessions = SessionLedger()
    private var pools = PoolLedger()
    private var states = SessionStateLedger()
    private var load: RecentLoad
    private var databases: Growth<[DatabaseStatistics]>?
    private var totals: Growth<[PgBouncerTotals]>?
    private var startedAt: Double?
    private var lastTime = 0.0

    /// - Parameter isEndless: whether the watch has no end, as the agent's: then the load is that of the last minutes.
    init(_ kind: TargetKind, isEndless: Bool) {
        load = RecentLoad(origin: kind == .postgres ? .postgres : .pgbouncer, isEndless: isEndless)
    }

    /// For how long it has watched, in seconds.
    var watchedSeconds: Double { startedAt.map { lastTime - $0 } ?? 0 }

    /// The time between the two reads of the counters; 0 when there are not two.
    var countedSeconds: Double { databases?.seconds ?? totals?.seconds ?? 0 }

    /// Takes in a tick at which the target was read: all of it but the sessions.
    mutating func observe(_ facts: Facts, at time: Double) {
        startedAt = startedAt ?? time
        lastTime = time
        if let rows = facts.fresh(BouncerPoolsSource.self) { pools.observe(rows, at: time) }
        if let rows = facts.fresh(BouncerServersSource.self) { pools.observe(rows, at: time) }
        if let rows = facts.fresh(SessionStateSource.self) { states.observe(rows) }
        if let rows = facts.fresh(DatabasesSource.self) { Self.add(rows, to: &databases, at: time) }
        if let rows = facts.fresh(BouncerTotalsSource.self) { Self.add(rows, to: &totals, at: time) }
        if let reading = reading(of: facts, at: time) { load.add(reading) }
    }

    /// A look at the counters and what is in use beside them, where both were read at this tick.
    private func reading(of facts: Facts, at time: Double) -> LoadReading? {
        guard load.isDue(at: time) else { return nil }
        if let totals = facts.fresh(BouncerTotalsSource.self), let pools = facts.fresh(BouncerPoolsSource.self) {
            return LoadReading(time: time, totals: totals, pools: pools)
        }
        if let databases = facts.fresh(DatabasesSource.self), let sample = facts.fresh(ActivitySource.self) {
            return LoadReading(time: time, databases: databases, inUse: SessionsInUse.count(sample))
        }
        return nil
    }

    /// Takes in the sessions of a tick.
    mutating func observe(_ sample: ActivitySample, poolers: PoolerConnections) {
        sessions.observe(sample, poolers: poolers)
    }

    private static func add<Rows>(_ rows: Rows, to growth: inout Growth<Rows>?, at time: Double) {
        guard growth != nil else { return growth = Growth(rows, at: time) }
        growth?.last = rows
        growth?.lastTime = time
    }

    /// Begins a new watch.
    mutating func turn() {
        sessions.turn()
        pools.turn()
        states.turn()
        databases = databases?.turned
        totals = totals?.turned
        startedAt = lastTime
    }

    // MARK: Facts

    /// - Parameter leaks: nil while they are not known.
    func server(_ facts: Facts, leaks: [LeakedConnections]?) -> ServerFacts {
        var server = ServerFacts()
        server.identity = Self.known(facts[IdentitySource.self], IdentitySource.name)
        server.settings = Self.known(facts[SettingsSource.self], SettingsSource.name).map { settings in
            Dictionary(settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        }
        server.words = Self.known(facts[SettingWordsSource.self], SettingWordsSource.name)
        server.roles = Self.known(facts[RolesSource.self], RolesSource.name)
        server.databases = Self.known(facts[DatabasesSource.self], DatabasesSource.name)
        server.timeouts = Self.known(facts[TimeoutSettingsSource.self], TimeoutSettingsSource.name)
        server.sessions = Self.known(sessions.survey, ActivitySource.name)
        server.sessionStates = states.seen.map { .known($0) } ?? .unknown(why: "only poolscope check reads it")
        server.traffic = databaseTraffic
        server.load = load.measurement
        server.leaks =
            leaks.map { .known($0) }
            ?? .unknown(why: "it takes one and a half leak thresholds to tell; the agent's /metrics says it")
        return server
    }

    private var databaseTraffic: Known<[DatabaseTraffic]> {
        guard let databases else { return .unknown(why: "\(DatabasesSource.name) could not be read") }
        guard databases.isMeasured else { return .unknown(why: Self.tooEarly) }
        let first = Dictionary(databases.first.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        return .known(
            databases.last.compactMap { later in
                first[later.id].flatMap { DatabaseTraffic(from: $0, to: later, seconds: databases.seconds) }
            })
    }

    func bouncer(_ facts: Facts) -> BouncerFacts {
        var bouncer = BouncerFacts()
        bouncer.version = Self.known(facts[BouncerVersionSource.self], BouncerVersionSource.name)
        bouncer.config = Self.known(facts[BouncerConfigSource.self], BouncerConfigSource.name)
        bouncer.pools = Self.known(facts[BouncerPoolsSource.self], BouncerPoolsSource.name)
        bouncer.databases = Self.known(facts[BouncerDatabasesSource.self], BouncerDatabasesSource.name)
        bouncer.users = Self.known(facts[BouncerUsersSource.self], BouncerUsersSource.name)
        bouncer.lists = Self.known(facts[BouncerListsSource.self], BouncerListsSource.name).map { lists in
            Dictionary(lists.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        bouncer.state = Self.known(facts[BouncerStateSource.self], BouncerStateSource.name)
        bouncer.clients = Self.known(facts[BouncerClientsSource.self], BouncerClientsSource.name)
            .map { $0.filter { !$0.isConsole } }
        bouncer.console = Self.known(facts[BouncerClientsSource.self], BouncerClientsSource.name)
            .map { $0.filter(\.isConsole) }
        bouncer.servers = Self.known(facts[BouncerServersSource.self], BouncerServersSource.name)
        bouncer.traffic = poolTraffic
        bouncer.load = load.measurement
        bouncer.history = Self.known(pools.history, BouncerPoolsSource.name)
        return bouncer
    }

    private var poolTraffic: Known<[BouncerTraffic]> {
        guard let totals else { return .unknown(why: "\(BouncerTotalsSource.name) could not be read") }
        guard totals.isMeasured else { return .unknown(why: Self.tooEarly) }
        let first = Dictionary(totals.first.map { ($0.database, $0) }, uniquingKeysWith: { first, _ in first })
        return .known(
            totals.last.compactMap { later in
                first[later.database].flatMap { BouncerTraffic(from: $0, to: later, seconds: totals.seconds) }
            })
    }

    private static func known<Value: Sendable>(_ value: Value?, _ source: String) -> Known<Value> {
        value.map { .known($0) } ?? .unknown(why: "\(source) could not be read")
    }
}
