import Collectors
import Observations
import Postgres

/// The result of reading one source.
enum SourceOutcome: String, CaseIterable {
    case ok, error, timeout, skipped
}

/// What one source's read came to.
struct SourceReading {
    let source: any Source.Type
    let outcome: SourceOutcome
    let duration: Duration
    var unknownColumns = 0
    var error: PostgresError?
    var problem: String?
}

/// Reads a target's sources over a session, each when it is due, and keeps the facts.
struct SourceReader {
    private let sources: [any Source.Type]
    private let kind: TargetKind
    private var dueAt: [String: ContinuousClock.Instant] = [:]
    private var unavailable: Set<String> = []
    private(set) var facts = Facts()

    init(kind: TargetKind) {
        self.kind = kind
        // What is due at every tick first: if time runs out, it does so for what can wait.
        let all = Collectors.sources(for: kind)
        sources = all.filter { $0.cadence == .everyTick } + all.filter { $0.cadence != .everyTick }
    }

    /// The sources that are read at every tick; the target is up when the first of them was read.
    var everyTick: [any Source.Type] { sources.filter { $0.cadence == .everyTick } }

    /// Forgets all facts: a new session starts from nothing.
    mutating func reset() {
        facts = Facts()
        dueAt = [:]
        unavailable = []
    }

    /// Reads what is due. Stops at the first source that does not answer in time or loses the session.
    mutating func read(over session: PostgresSession, until deadline: ContinuousClock.Instant) async -> [SourceReading]
    {
        facts.beginTick()
        var readings: [SourceReading] = []
        let started = ContinuousClock.now
        for source in sources where isDue(source, at: started) {
            let reading = await read(source, over: session, until: deadline)
            if reading.outcome == .ok, case .every(let pause) = source.cadence {
                // A little early rather than a tick late.
                dueAt[source.name] = started + pause - .milliseconds(50)
            }
            readings.append(reading)
            if reading.outcome == .timeout || reading.error?.isConnectionLost == true { break }
        }
        return readings
    }

    private func isDue(_ source: any Source.Type, at now: ContinuousClock.Instant) -> Bool {
        guard !unavailable.contains(source.name) else { return false }
        return dueAt[source.name].map { now >= $0 } ?? true
    }

    private mutating func read(
        _ source: any Source.Type, over session: PostgresSession, until deadline: ContinuousClock.Instant
    ) async -> SourceReading {
        let started = ContinuousClock.now
        func reading(_ outcome: SourceOutcome) -> SourceReading {
            SourceReading(source: source, outcome: outcome, duration: ContinuousClock.now - started)
        }
        do {
            let table = try await answer(source, over: session, timeout: max(deadline - started, .milliseconds(1)))
            try facts.store(table, from: source)
            var reading = reading(.ok)
            if let known = source.knownColumns {
                reading.unknownColumns = table.unknownNumericColumns(known: known).count
            }
            return reading
        } catch let error as PostgresError {
            facts.forget(source)
            if source.isOptional, error.kind == .statementFailed, !error.isConnectionLost {
                unavailable.insert(source.name)
                return reading(.skipped)
            }
            var reading = reading(error.kind == .timeout || error.sqlState == .queryCanceled ? .timeout : .error)
            reading.error = error
            reading.problem = error.message
            return reading
        } catch {
            facts.forget(source)
            var reading = reading(.error)
            reading.problem = "\(error)"
            return reading
        }
    }

    private func answer(
        _ source: any Source.Type, over session: PostgresSession, timeout: Duration
    ) async throws -> any ResultTable {
        let statement = source.statement(serverVersion: session.serverVersion)
        switch kind {
        case .postgres:
            return try await session.query(statement, timeout: timeout)
        case .pgbouncer:
            let result = try await session.simpleQuery(statement, timeout: timeout)
            // PgBouncer before 1.12 answers SHOW VERSION by a notice.
            if source == BouncerVersionSource.self, result.rowCount == 0, let notice = session.notices.last {
                return TextTable(columns: ["version"], rows: [[notice]])
            }
            return result
        }
    }
}

extension QueryResult: ResultTable {
    package var tableColumns: [TableColumn] {
        columns.map { TableColumn(name: $0.name, typeOID: $0.typeOID, isBinary: $0.isBinary) }
    }
}
