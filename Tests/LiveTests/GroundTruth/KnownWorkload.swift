import Demo
import Postgres
import TestSupport

/// Sessions whose every step is drawn beforehand from a seed: the same work at each run.
struct KnownWorkload: Sendable {
    /// One thing that a session does; durations are in milliseconds.
    enum Step: Sendable, Equatable {
        /// Sleeps on the server. Statements of one shape share an id in pg_stat_statements.
        case statement(Int, shape: Int)
        /// Does nothing.
        case pause(Int)
        case begin, commit, rollback
    }

    /// One session from its connection to its end.
    struct Session: Sendable, Equatable {
        var application: String
        /// Milliseconds before it connects: not all at once.
        var delay = 0
        var steps: [Step] = []
    }

    /// Each lane runs its sessions one after the other.
    let lanes: [[Session]]

    /// How many statements the sessions send.
    var statementCount: Int {
        lanes.joined().reduce(0) { count, session in
            count + session.steps.count { if case .pause = $0 { false } else { true } }
        }
    }

    var sessionCount: Int { lanes.joined().count }

    /// - Parameter seconds: How long it takes, about.
    init(seed: UInt64, seconds: Int) {
        var random = SeededRandom(seed: seed)
        let kinds = [
            (lanes: 8, draw: Self.quickStatements), (4, Self.mixedStatements), (8, Self.slowStatements),
            (4, Self.transaction), (4, Self.shortSession),
        ]
        var lanes: [[Session]] = []
        for (kind, draw) in kinds {
            for _ in 0..<kind {
                lanes.append(Self.lane("lane\(lanes.count)", seconds: seconds, &random, draw))
            }
        }
        self.lanes = lanes
    }

    private typealias Draw = (inout SeededRandom) -> (steps: [Step], endsSession: Bool)

    private static func lane(
        _ name: String, seconds: Int, _ random: inout SeededRandom, _ draw: Draw
    ) -> [Session] {
        var sessions = [Session(application: "\(name).0", delay: .random(in: 0...1_500, using: &random))]
        var left = seconds * 1_000
        while left > 0 {
            let piece = draw(&random)
            sessions[sessions.count - 1].steps += piece.steps
            left -= piece.steps.reduce(0) { $0 + $1.milliseconds }
            if piece.endsSession, left > 0 {
                sessions.append(Session(application: "\(name).\(sessions.count)"))
            }
        }
        return sessions
    }

    private static func quickStatements(_ random: inout SeededRandom) -> (steps: [Step], endsSession: Bool) {
        let steps: [Step] = [
            .statement(.random(in: 1...60, using: &random), shape: 0), .pause(.random(in: 50...300, using: &random)),
        ]
        return (steps, false)
    }

    private static func mixedStatements(_ random: inout SeededRandom) -> (steps: [Step], endsSession: Bool) {
        let pause = Bool.random(using: &random) ? 0 : Int.random(in: 1...300, using: &random)
        return ([.statement(.random(in: 110...900, using: &random), shape: 1), .pause(pause)], false)
    }

    /// Half of them are followed at once, so that their end is overwritten.
    private static func slowStatements(_ random: inout SeededRandom) -> (steps: [Step], endsSession: Bool) {
        let isVerySlow = Int.random(in: 0..<10, using: &random) < 3
        let duration =
            isVerySlow ? Int.random(in: 2_800...3_900, using: &random) : .random(in: 1_050...2_200, using: &random)
        let pause = Bool.random(using: &random) ? 0 : Int.random(in: 1...2_500, using: &random)
        return ([.statement(duration, shape: 2), .pause(pause)], false)
    }

    private static func transaction(_ random: inout SeededRandom) -> (steps: [Step], endsSession: Bool) {
        var steps: [Step] = [.begin]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let isLong = Int.random(in: 0..<3, using: &random) == 0
            steps.append(.pause(.random(in: 0...(isLong ? 3_000 : 300), using: &random)))
            steps.append(.statement(.random(in: 1...(isLong ? 1_800 : 90), using: &random), shape: 3))
        }
        steps.append(.pause(Bool.random(using: &random) ? 0 : .random(in: 0...2_500, using: &random)))
        steps.append(Int.random(in: 0..<4, using: &random) == 0 ? .rollback : .commit)
        return (steps + [.pause(.random(in: 0...1_500, using: &random))], false)
    }

    private static func shortSession(_ random: inout SeededRandom) -> (steps: [Step], endsSession: Bool) {
        let isShort = Bool.random(using: &random)
        let steps: [Step] = [
            .pause(.random(in: 0...(isShort ? 50 : 1_500), using: &random)),
            .statement(.random(in: 1...(isShort ? 90 : 1_900), using: &random), shape: 4),
            .pause(.random(in: 0...(isShort ? 50 : 1_500), using: &random)),
        ]
        return (steps, true)
    }
}

extension KnownWorkload.Step {
    /// How long it takes, about.
    fileprivate var milliseconds: Int {
        switch self {
        case .statement(let duration, _), .pause(let duration): duration
        case .begin, .commit, .rollback: 1
        }
    }

    /// What is sent to the server; nil for a pause.
    fileprivate var statement: String? {
        switch self {
        case .statement(let duration, let shape):
            "SELECT pg_sleep(\(Double(duration) / 1_000))" + String(repeating: ", 1", count: shape)
        case .begin: "BEGIN"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"
        case .pause: nil
        }
    }
}

extension KnownWorkload {
    /// Does the work.
    ///
    /// - Throws: the error of the first statement that fails: then there is no known truth.
    func run(on server: PrivatePostgres, database: String, user: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in lanes {
                group.addTask {
                    for session in lane {
                        let target = try ConnectionString(parsing: server.dsn(database: database, user: user))
                            .setting("application_name", session.application)
                        try await session.run(on: target)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension KnownWorkload.Session {
    fileprivate func run(on target: ConnectionString) async throws {
        try await Task.sleep(for: .milliseconds(delay))
        let session = try await PostgresSession.connect(target, timeout: .seconds(20))
        defer { session.close() }
        for step in steps {
            if let statement = step.statement {
                _ = try await session.simpleQuery(statement, timeout: .seconds(60))
            } else if step.milliseconds > 0 {
                try await Task.sleep(for: .milliseconds(step.milliseconds))
            }
        }
    }
}
