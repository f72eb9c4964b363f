import Advisor
import Collectors
import Observations
import Postgres

/// Watches a pooler or a server for a while to measure its load: a session with each, no more.
package struct LoadWatch: Sendable {
    package static let windowBounds: ClosedRange<Duration> = .seconds(1) ... .seconds(3_600)
    package static let usualWindow: Duration = .seconds(30)
    /// The most looks, however long the window.
    private static let readingLimit = 300
    private static let timeout: Duration = .seconds(5)

    private let targets: SizeTargets
    private let window: Duration
    /// The only database that counts; nil for all.
    private let database: String?

    /// - Parameter window: Within `windowBounds`.
    package init(_ targets: SizeTargets, window: Duration, database: String?) {
        self.targets = targets
        self.window = window
        self.database = database
    }

    /// What was found.
    package struct Outcome: Sendable {
        package var measurement: LoadMeasurement?
        package var slots: SlotBudget?
        /// What the user should know of a target.
        package var warnings: [String] = []
    }

    /// Watches, which takes the window's time.
    /// - Throws: `SizingError` when a target cannot be read, or there was no load; `CancellationError`.
    package func run() async throws -> Outcome {
        var outcome = Outcome()
        // Both are opened first: what is wrong with one is told before the time is spent.
        let pooler = try await open(targets.pgbouncer, &outcome)
        let server = try await open(targets.postgres, &outcome)
        defer {
            pooler?.close()
            server?.close()
        }
        if let server { outcome.slots = try await slots(of: server) }
        if let pooler {
            outcome.measurement = try await watch(.pgbouncer) { try await lookAtPooler(pooler, time: $0) }
        } else if let server {
            outcome.measurement = try await watch(.postgres) { try await lookAtServer(server, time: $0) }
        }
        return outcome
    }

    /// Thirty looks, or one a second; fewer where that would be too many.
    private var interval: Duration {
        window > .seconds(Self.readingLimit)
            ? window / Self.readingLimit : min(.seconds(1), max(.milliseconds(100), window / 30))
    }

    private func watch(
        _ origin: LoadMeasurement.Origin, look: (Double) async throws -> LoadReading
    ) async throws -> LoadMeasurement {
        var meter = LoadMeter(origin: origin)
        let start = ContinuousClock.now
        var due = start
        while true {
            let reading = try await look((ContinuousClock.now - start) / .seconds(1))
            meter.add(try database.map { try filter(reading, to: $0) } ?? reading)
            guard due < start + window else { break }
            due = min(start + window, max(due + interval, ContinuousClock.now))
            try await Task.sleep(until: due, clock: .continuous)
        }
        return try meter.measurement()
    }

    private func filter(_ reading: LoadReading, to database: String) throws(SizingError) -> LoadReading {
        guard reading.databases[database] != nil else {
            let known = reading.databases.keys.sorted().prefix(20).joined(separator: ", ")
            throw SizingError("--database: there is no database “\(database)”; there are: \(known)")
        }
        return reading.only(database)
    }

    private func open(
        _ target: TargetConfiguration?, _ outcome: inout Outcome
    ) async throws(SizingError) -> PostgresSession? {
        guard let target else { return nil }
        do {
            let opened = try await SessionOpener(target: target).open()
            if let warning = opened.warning { outcome.warnings.append("\(target.name): \(warning)") }
            return opened.session
        } catch {
            throw SizingError("\(target.kind.rawValue) \(target.name): \(error.sentence)")
        }
    }

    private func lookAtPooler(_ session: PostgresSession, time: Double) async throws(SizingError) -> LoadReading {
        let totals = try await read("SHOW STATS_TOTALS", session, simple: true, BouncerTotalsSource.decode)
        let pools = try await read("SHOW POOLS", session, simple: true, BouncerPoolsSource.decode)
        return LoadReading(time: time, totals: totals, pools: pools)
    }

    private func lookAtServer(_ session: PostgresSession, time: Double) async throws(SizingError) -> LoadReading {
        let context = SourceContext(serverVersion: session.serverVersion)
        let databases = try await read(
            DatabasesSource.statement(in: context) ?? "", session, simple: false, DatabasesSource.decode)
        let inUse = try await read(SessionsInUse.statement, session, simple: false, SessionsInUse.decode)
        return LoadReading(time: time, databases: databases, inUse: inUse)
    }

    private func slots(of session: PostgresSession) async throws(SizingError) -> SlotBudget? {
        let context = SourceContext(serverVersion: session.serverVersion)
        let settings = try await read(
            SettingsSource.statement(in: context) ?? "", session, simple: false, SettingsSource.decode)
        return SlotBudget(settings: Dictionary(settings.map { ($0.name, $0.value) }) { first, _ in first })
    }

    private func read<Value>(
        _ statement: String, _ session: PostgresSession, simple: Bool,
        _ decode: (any ResultTable) throws(DecodeError) -> Value
    ) async throws(SizingError) -> Value {
        do {
            let table =
                simple
                ? try await session.simpleQuery(statement, timeout: Self.timeout)
                : try await session.query(statement, timeout: Self.timeout)
            return try decode(table)
        } catch let error as PostgresError {
            throw SizingError("the load could not be read: \(error.message)")
        } catch {
            throw SizingError("the load could not be read: \(error)")
        }
    }
}
