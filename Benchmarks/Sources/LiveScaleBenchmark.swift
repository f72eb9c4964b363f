import Collectors
import Demo
import Observations
import Postgres

/// The same against a real PostgreSQL with that many idle sessions: what one sample of activity costs the server's
/// backend and us, network and decoding included.
enum LiveScaleBenchmark {
    static func run(sizes: [Int], ticks: Int) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-bench")
        do {
            try await measure(in: directory, sizes: sizes, ticks: ticks)
            await directory.remove()
        } catch {
            await directory.remove()
            throw error
        }
    }

    private static func measure(in directory: PrivateDirectory, sizes: [Int], ticks: Int) async throws {
        let server = try await PrivatePostgres.start(
            in: directory, settings: ["max_connections": "\((sizes.max() ?? 0) + 20)"])
        let sampler = try await session(on: server)
        var crowd: [PostgresSession] = []
        print("| backends | server CPU | own CPU | wall | server + own, per backend | against the first |")
        print("|---|---|---|---|---|---|")
        var floor: Double?
        for size in sizes.sorted() {
            while crowd.count < size { crowd.append(try await session(on: server)) }
            guard let statement = ActivitySource.statement(in: SourceContext(serverVersion: sampler.serverVersion))
            else { return }
            var (theirs, ours, wall) = (Figures(), Figures(), Figures())
            for _ in 0..<ticks {
                let (cpu, own, start) = (Usage.cpu(of: sampler.backendPID), Usage.processCPU, ContinuousClock.now)
                let rows = try await sampler.query(statement, timeout: .seconds(30))
                let sample = try ActivitySource.decode(BenchTable(rows))
                precondition(sample.rows.count > size)
                wall.add((ContinuousClock.now - start) / .seconds(1))
                ours.add(Usage.processCPU - own)
                theirs.add(Usage.cpu(of: sampler.backendPID) - cpu)
            }
            let perBackend = (theirs.median + ours.median) / Double(size)
            floor = floor ?? perBackend
            let cells = [theirs.median, ours.median, wall.median].map { Text.number($0 * 1e3) + " ms" }
            print(
                "| \(size) | \(cells.joined(separator: " | ")) | \(Text.number(perBackend * 1e6)) µs "
                    + "| \(Text.number(perBackend / (floor ?? perBackend))) |")
        }
        for session in crowd { session.close() }
        sampler.close()
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
}
