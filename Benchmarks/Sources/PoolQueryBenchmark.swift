import ConnectionPool
import Demo
import Glibc
import Postgres
import PostgresPool

/// A query through the pool against bare libpq and psycopg's pool: interleaved rounds against one private PostgreSQL,
/// over its unix socket.
enum PoolQueryBenchmark {
    struct Options {
        /// `Benchmarks/Peers/libpq_query.c`, compiled.
        let libpq: String
        /// How `Benchmarks/Peers/psycopg_query.py` is run; nil: without psycopg.
        let psycopg: [String]?
        let rounds: Int
        let queries: Int
    }

    /// Who queries, and over how many connections.
    private enum Contender: CaseIterable {
        case libpq
        /// One lease for all queries.
        case held
        case pool
        case psycopg
        case libpqOverFour
        case poolOverFour
        case psycopgOverFour

        var name: String {
            switch self {
            case .libpq: "bare libpq, 1 thread"
            case .held: "one lease, 1 task"
            case .pool: "our pool, 1 task"
            case .psycopg: "psycopg's pool, 1 thread"
            case .libpqOverFour: "bare libpq, 4 threads, 4 connections"
            case .poolOverFour: "our pool, 16 tasks over 4 connections"
            case .psycopgOverFour: "psycopg's pool, 16 threads over 4 connections"
            }
        }

        /// Against whom it is measured.
        var floor: Contender {
            switch self {
            case .libpq, .held, .pool, .psycopg: .libpq
            case .libpqOverFour, .poolOverFour, .psycopgOverFour: .libpqOverFour
            }
        }
    }

    /// Seconds for each query.
    private struct Round {
        let wall: Double
        let cpu: Double
    }

    private static let statements = [
        ("SELECT 1", "SELECT 1"),
        ("100 rows of 2 columns", "SELECT g, 'value ' || g FROM generate_series(1, 100) AS g"),
    ]

    static func run(_ options: Options) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-bench")
        do {
            let server = try await PrivatePostgres.start(in: directory)
            let dsn = "host=\(server.socketDirectory) port=\(server.port) user=postgres dbname=postgres"
            for (title, sql) in statements { try await compare(title, sql, dsn, options) }
            await directory.remove()
        } catch {
            await directory.remove()
            throw error
        }
    }

    private static func compare(_ title: String, _ sql: String, _ dsn: String, _ options: Options) async throws {
        var wall: [Contender: Figures] = [:]
        var cpu: [Contender: Figures] = [:]
        var ratios: [Contender: Figures] = [:]
        for _ in 0..<options.rounds {
            var walls: [Contender: Double] = [:]
            for contender in Contender.allCases {
                guard let round = try await measure(contender, sql, dsn, options) else { continue }
                walls[contender] = round.wall
                wall[contender, default: Figures()].add(round.wall)
                cpu[contender, default: Figures()].add(round.cpu)
            }
            // Within a round, so that what else the machine does weighs on both.
            for (contender, own) in walls {
                guard let floor = walls[contender.floor] else { continue }
                ratios[contender, default: Figures()].add(own / floor)
            }
        }
        print("\n\(title), \(options.rounds) rounds of \(options.queries) queries:\n")
        print(
            "| who | time per query, median | 10 % to 90 % | own CPU per query | time against bare libpq | own CPU against bare libpq |"
        )
        print("|---|---|---|---|---|---|")
        for contender in Contender.allCases {
            guard let wall = wall[contender], let own = cpu[contender], let floor = cpu[contender.floor] else {
                continue
            }
            let ratio = ratios[contender]?.median ?? .nan
            print(
                "| \(contender.name) | \(micros(wall.median)) | \(micros(wall.quantile(0.1))) to "
                    + "\(micros(wall.quantile(0.9))) | \(micros(own.median)) | \(Text.number(ratio)) "
                    + "| \(Text.number(own.median / floor.median)) |")
        }
    }

    private static func micros(_ seconds: Double) -> String { Text.number(seconds * 1e6) + " µs" }

    // MARK: Contenders

    private static func measure(
        _ contender: Contender, _ sql: String, _ dsn: String, _ options: Options
    ) async throws -> Round? {
        switch contender {
        case .libpq, .libpqOverFour:
            let threads = contender == .libpq ? 1 : 4
            return try await peer([options.libpq, dsn, "\(threads)", "\(options.queries)", sql], options.queries)
        case .psycopg, .psycopgOverFour:
            guard let psycopg = options.psycopg else { return nil }
            let sizes = contender == .psycopg ? ["1", "1"] : ["4", "16"]
            return try await peer(psycopg + [dsn] + sizes + ["\(options.queries)", sql], options.queries)
        case .held:
            return try await withPool(dsn, maximum: 1) { pool in try await hold(pool, sql, options.queries) }
        case .pool, .poolOverFour:
            let (tasks, maximum) = contender == .pool ? (1, 1) : (16, 4)
            return try await withPool(dsn, maximum: maximum) { pool in
                try await load(pool, sql, tasks: tasks, queries: options.queries / 10)
                let (cpu, start) = (Usage.processCPU, ContinuousClock.now)
                try await load(pool, sql, tasks: tasks, queries: options.queries)
                return round(since: start, cpu, options.queries)
            }
        }
    }

    /// Away from the main actor, as a service's tasks are.
    @concurrent private static func hold(_ pool: PostgresPool, _ sql: String, _ queries: Int) async throws -> Round {
        try await pool.withConnection { connection in
            for _ in 0..<queries / 10 { try await query(&connection, sql) }
            let (cpu, start) = (Usage.processCPU, ContinuousClock.now)
            for _ in 0..<queries { try await query(&connection, sql) }
            return round(since: start, cpu, queries)
        }
    }

    private static func round(since start: ContinuousClock.Instant, _ cpu: Double, _ queries: Int) -> Round {
        Round(
            wall: (ContinuousClock.now - start) / .seconds(1) / Double(queries),
            cpu: (Usage.processCPU - cpu) / Double(queries))
    }

    private static func peer(_ command: [String], _ queries: Int) async throws -> Round {
        let outcome = try await Tool.run(command[0], Array(command.dropFirst()), timeout: .seconds(300))
        let seconds = outcome.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard outcome.status == 0, seconds.count == 2 else { throw PeerFailure(description: outcome.error) }
        return Round(wall: seconds[0] / Double(queries), cpu: seconds[1] / Double(queries))
    }

    private struct PeerFailure: Error, CustomStringConvertible {
        let description: String
    }

    private static func withPool<Result: Sendable>(
        _ dsn: String, maximum: Int, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        var configuration = PostgresPoolConfiguration(name: "benchmark")
        configuration.pool.minimum = maximum
        configuration.pool.maximum = maximum
        configuration.pool.acquireTimeout = .seconds(60)
        let pool = try PostgresPool(ConnectionString(parsing: dsn), configuration: configuration)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            defer { group.cancelAll() }
            return try await body(pool)
        }
    }

    private static func load(_ pool: PostgresPool, _ sql: String, tasks: Int, queries: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    for _ in 0..<queries / tasks {
                        try await pool.withConnection { try await query(&$0, sql) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Runs the statement and reads every value.
    private static func query(_ connection: inout PostgresConnection, _ sql: String) async throws {
        let result = try await connection.query(sql)
        var length = 0
        for row in 0..<result.rowCount {
            for column in result.columns.indices { length += result.text(row: row, column: column)?.utf8.count ?? 0 }
        }
        precondition(length > 0)
    }
}
