import Collectors
import Observations
import Postgres
import Sessions

/// The result of reading one source.
enum SourceOutcome: String, CaseIterable {
    case ok, error, timeout, skipped
}

/// What a target answered to one source's statement: rows, or why there are none.
struct SourceAnswer: Sendable {
    let source: any Source.Type
    /// Network included.
    let duration: Duration
    let result: Result<any ResultTable, PostgresError>

    /// Whether the session is gone, and perhaps the server that it was with.
    var hasLostSession: Bool {
        guard case .failure(let error) = result else { return false }
        return error.isConnectionLost
    }

    /// What a failure comes to; nil for rows.
    var failure: SourceOutcome? {
        guard case .failure(let error) = result else { return nil }
        // What was cancelled, or waited too long for a lock, says nothing of what the server can do.
        if error.kind == .timeout || error.sqlState == .queryCanceled { return .timeout }
        let isRefused = error.kind == .statementFailed || error.sqlState == .insufficientPrivilege
        // A command that this version lacks, or that our role may not run, is no failure of the target.
        if source.isOptional, isRefused, !error.isConnectionLost, error.sqlState != .lockNotAvailable {
            return .skipped
        }
        return .error
    }
}

/// What one source's read came to.
struct SourceReading {
    let source: any Source.Type
    let outcome: SourceOutcome
    let duration: Duration
    var rows = 0
    var unknownColumns = 0
    var error: PostgresError?
    var problem: String?
}

/// Asks a target over its session: the only part of a read that does I/O.
enum SourceReader {
    static func answer(
        to statement: String, of source: any Source.Type, kind: TargetKind, over session: PostgresSession,
        timeout: Duration
    ) async -> SourceAnswer {
        let started = ContinuousClock.now
        let result: Result<any ResultTable, PostgresError>
        do throws(PostgresError) {
            result = .success(try await table(statement, of: source, kind: kind, over: session, timeout: timeout))
        } catch {
            result = .failure(error)
        }
        return SourceAnswer(source: source, duration: ContinuousClock.now - started, result: result)
    }

    private static func table(
        _ statement: String, of source: any Source.Type, kind: TargetKind, over session: PostgresSession,
        timeout: Duration
    ) async throws(PostgresError) -> any ResultTable {
        switch kind {
        case .postgres:
            return try await session.query(statement, planKeptAs: source.name, timeout: timeout)
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
