import Collectors
import Demo
import Exposition
import Observations
import Postgres

/// The same against a real PostgreSQL with that many idle sessions: what one sample of activity costs the server's
/// process and us, from the statement to the snapshot, beside a program in C that does nothing but read the sessions.
enum LiveScaleBenchmark {
    /// Twelve columns of the view, and the cheapest that the server has for them.
    static let floors = [
        """
        SELECT pid, datname, usename, application_name, state, wait_event_type, wait_event, backend_start, xact_start, \
        query_start, state_change, backend_type FROM pg_stat_activity
        """,
        """
        SELECT pid, datid, usesysid, application_name, state, wait_event_type, wait_event, backend_start, xact_start, \
        query_start, state_change, backend_type FROM pg_stat_get_activity(NULL)
        """,
    ]

    /// CPU time of one sample, in seconds.
    private struct Cost {
        let server: Double
        let client: Double
        var total: Double { server + client }
        var text: String { "\(Text.number(server * 1e3)) + \(Text.number(client * 1e3)) ms" }
    }

    static func run(sizes: [Int], ticks: Int, floor: String?) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-bench")
        do {
            try await measure(in: directory, sizes: sizes, ticks: ticks, floor: floor)
            await directory.remove()
        } catch {
            await directory.remove()
            throw error
        }
    }

    private static func measure(
        in directory: PrivateDirectory, sizes: [Int], ticks: Int, floor: String?
    ) async throws {
        let server = try await PrivatePostgres.start(
            in: directory, settings: ["max_connections": "\((sizes.max() ?? 0) + 20)"])
        var crowd: [PostgresSession] = []
        print("Server + client CPU of one sample; the floors are C and libpq, 12 columns:")
        print(
            "| backends | floor: the view | floor: the function | Poolscope | against the view | the function | by itself |"
        )
        print("|---|---|---|---|---|---|---|")
        for size in sizes.sorted() {
            while crowd.count < size { crowd.append(try await session(on: server)) }
            var costs: [Cost?] = []
            for statement in floors {
                costs.append(try await cost(of: floor, statement, on: server, samples: ticks))
            }
            let (ours, wall) = try await cost(on: server, ticks: ticks, backends: size)
            let ratios = costs.map { $0.map { Text.number(ours.total / $0.total) } ?? "?" }
            let cells = costs.map { $0?.text ?? "?" } + [ours.text] + ratios + [Text.number(wall * 1e3) + " ms wall"]
            print("| \(size) | \(cells.joined(separator: " | ")) |")
        }
        for session in crowd { session.close() }
    }

    /// What the program in C needs.
    private static func cost(
        of floor: String?, _ statement: String, on server: PrivatePostgres, samples: Int
    ) async throws -> Cost? {
        guard let floor else { return nil }
        let outcome = try await Tool.run(floor, [server.dsn(), "\(samples)", statement])
        let figures = outcome.output.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
        guard outcome.status == 0, figures.count == 3 else { return nil }
        return Cost(server: figures[0] / 1e9, client: figures[1] / 1e9)
    }

    /// What we need, over a session like the agent's.
    private static func cost(
        on server: PrivatePostgres, ticks: Int, backends: Int
    ) async throws -> (cost: Cost, wall: Double) {
        let sampler = try await session(on: server)
        defer { sampler.close() }
        _ = try await sampler.simpleQuery(ServerMemory.keeping, timeout: .seconds(30))
        sampler.keepsPlans = true
        let context = SourceContext(serverVersion: sampler.serverVersion)
        var pipeline = SamplePipeline()
        var (theirs, ours, wall) = (Figures(), Figures(), Figures())
        for _ in 0..<ticks + 3 {
            guard let statement = ActivitySource.statement(in: context) else { break }
            let (cpu, own, start) = (Usage.cpu(of: sampler.backendPID), Usage.processCPU, ContinuousClock.now)
            let rows = try await sampler.query(statement, planKeptAs: ActivitySource.name, timeout: .seconds(30))
            try pipeline.tick(BenchTable(rows))
            precondition(rows.rowCount > backends)
            wall.add((ContinuousClock.now - start) / .seconds(1))
            ours.add(Usage.processCPU - own)
            // The server counts its time when it goes to sleep.
            try await Task.sleep(for: .milliseconds(1))
            theirs.add(Usage.cpu(of: sampler.backendPID) - cpu)
        }
        return (Cost(server: theirs.median, client: ours.median), wall.median)
    }

    private static func session(on server: PrivatePostgres) async throws -> PostgresSession {
        try await PostgresSession.connect(ConnectionString(parsing: server.dsn()), timeout: .seconds(10))
    }
}

/// libpq's rows for the decoder.
private struct BenchTable: ResultTable {
    private let result: QueryResult
    let tableColumns: [TableColumn]

    init(_ result: QueryResult) {
        self.result = result
        tableColumns = result.columns.map { TableColumn(name: $0.name, typeOID: $0.typeOID, isBinary: $0.isBinary) }
    }

    var rowCount: Int { result.rowCount }

    func withBytes<R>(row: Int, column: Int, _ body: (UnsafeRawBufferPointer?) -> R) -> R {
        result.withBytes(row: row, column: column, body)
    }

    func lendBytes(row: Int, column: Int, to body: (UnsafeRawBufferPointer?) -> Void) {
        result.lendBytes(row: row, column: column, to: body)
    }
}
