import Demo
import Glibc

/// Poolscope beside Debian's exporters and two floors, on one private PostgreSQL and one private PgBouncer with more and
/// more idle connections: what a scrape takes, what a look costs, and how much memory each needs.
///
/// Only one program is at work at a time; the others have ended or wait for a scrape. CPU time is the programs' and the
/// servers', the forking of sessions included, so it is a mean and not a median: what happens rarely is paid for, too.
struct CompareBenchmark {
    struct Options {
        let sizes: [Int]
        /// Poolscope's binary.
        let poolscope: String
        /// The directory of the compiled programs in `Benchmarks/Peers`.
        let peers: String
        let isQuick: Bool

        /// How long Poolscope is watched in each of its phases, and in how many parts.
        var window: Duration { isQuick ? .seconds(6) : .seconds(30) }
        var parts: Int { isQuick ? 3 : 10 }
        /// How long Poolscope with its defaults runs before it is watched: its budget needs sixteen answers.
        var settling: Duration { isQuick ? .seconds(4) : .seconds(20) }
        /// Scrapes of an exporter in one part, before and after Poolscope's turn each `parts / 2` parts.
        var scrapes: Int { isQuick ? 5 : 20 }
        var floorSamples: Int { isQuick ? 10 : 40 }
        /// Scrapes of a page that is ready.
        var repeats: Int { isQuick ? 500 : 3_000 }
    }

    /// What one size came to.
    struct Row {
        let size: Int
        var postgresExporter = Subject()
        var pgbouncerExporter = Subject()
        /// A target each, with one sample a second whatever it costs.
        var postgres = Subject()
        var pgbouncer = Subject()
        /// Both targets, with the defaults; CPU is that of a second.
        var shipped = Subject()
        /// The constant bytes, as many as the PostgreSQL page has.
        var constant = Subject()
        /// CPU of libpq in C, in seconds: the server's and its own.
        var floors: [(server: Double, own: Double)] = []
    }

    /// Figures of one program at one size.
    struct Subject {
        /// Seconds of a scrape that finds work to do: every one of an exporter's, Poolscope's first after a sample.
        var scrapes = Figures()
        /// Seconds of a scrape of a page that is ready.
        var repeats = Figures()
        /// CPU of one look in each part, in seconds: the program's own and the server's.
        var own = Figures()
        var server = Figures()
        /// CPU of the program for one scrape, beside its samples.
        var answering = Figures()
        /// In bytes.
        var memory = (own: 0.0, resident: 0.0)
        var bytes = 0
    }

    private let options: Options
    private let directory: PrivateDirectory
    private let postgres: PrivatePostgres
    private let pgbouncer: PrivatePgBouncer
    private let postmaster: Int32
    private let bouncer: Int32

    static func run(_ options: Options) async throws {
        let directory = try await PrivateDirectory.create(prefix: "poolscope-bench")
        do {
            let benchmark = try await CompareBenchmark(options, in: directory)
            try await benchmark.measure()
            await directory.remove()
        } catch {
            await directory.remove()
            throw error
        }
    }

    private init(_ options: Options, in directory: PrivateDirectory) async throws {
        self.options = options
        self.directory = directory
        let room = "\((options.sizes.max() ?? 0) + 60)"
        postgres = try await PrivatePostgres.start(
            in: directory, settings: ["max_connections": room, "autovacuum": "off"])
        pgbouncer = try await PrivatePgBouncer.start(
            in: directory, databases: ["postgres": "host=127.0.0.1 port=\(postgres.port)"],
            settings: ["max_client_conn": room],
            users: ["postgres": ""])
        guard let postmaster = await postgres.processID(), let bouncer = await pgbouncer.processID() else {
            throw PrivateServerError("a server has ended at once")
        }
        (self.postmaster, self.bouncer) = (postmaster, bouncer)
    }

    private func measure() async throws {
        var rows: [Row] = []
        var crowd = 0
        for size in options.sizes.sorted() {
            while crowd < size {
                // So many at once as surely are there within the 30 s that a program has to become ready.
                let more = min(250, size - crowd)
                for (kind, dsn) in [("sessions", postgres.dsn()), ("clients", pgbouncer.dsn(database: "postgres"))] {
                    try await open(more, dsn, "\(kind)-\(crowd)")
                }
                crowd += more
            }
            rows.append(try await measure(size))
            say("\(size) connections measured")
        }
        CompareTables.print(rows)
    }

    /// Idle sessions, held by a process that the directory's janitor ends.
    private func open(_ count: Int, _ dsn: String, _ name: String) async throws {
        let file = "\(directory.path)/\(name).ready"
        _ = try await ServerProcess.launch(
            name: name, command: [options.peers + "/crowd", dsn, "\(count)", file], in: directory
        ) { _ in access(file, F_OK) == 0 }
    }

    private func measure(_ size: Int) async throws -> Row {
        var row = Row(size: size)
        for statement in LiveScaleBenchmark.floors { row.floors.append(try await floor(statement)) }
        let exporters = try await (startPostgresExporter(), startPgBouncerExporter())
        // Half of the peers' turns before ours and half after, so that a slower hour of the machine weighs on all.
        try await scrape(exporters, into: &row)
        try await watchPoolscope(into: &row)
        try await serveConstant(into: &row)
        try await scrape(exporters, into: &row)
        row.postgresExporter.memory = exporters.0.memory
        row.pgbouncerExporter.memory = exporters.1.memory
        try await exporters.0.end()
        try await exporters.1.end()
        try await watchShipped(into: &row)
        return row
    }

    /// What the program in C needs to read the sessions.
    private func floor(_ statement: String) async throws -> (server: Double, own: Double) {
        let outcome = try await Tool.run(
            options.peers + "/floor", [postgres.dsn(), "\(options.floorSamples)", statement])
        let figures = outcome.output.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
        guard outcome.status == 0, figures.count == 3 else { throw PrivateServerError("the floor failed") }
        return (figures[0] / 1e9, figures[1] / 1e9)
    }

    // MARK: - The peers

    private func startPostgresExporter() async throws -> ComparedProgram {
        try await start("postgres_exporter") { port in
            [
                "env", "DATA_SOURCE_NAME=postgresql://postgres@127.0.0.1:\(postgres.port)/postgres?sslmode=disable",
                "prometheus-postgres-exporter", "--web.listen-address=127.0.0.1:\(port)", "--log.level=error",
            ]
        }
    }

    /// Debian's version 1.7 ends at once when it meets PgBouncer 1.8 or newer, which has no `total_requests`. Told to report
    /// of a database that is not there, it reads all the same, and writes less.
    private func startPgBouncerExporter() async throws -> ComparedProgram {
        try await start("pgbouncer_exporter") { port in
            [
                "prometheus-pgbouncer-exporter", "--host", "127.0.0.1", "--port", "\(port)", "--pgbouncer-host",
                "127.0.0.1", "--pgbouncer-port", "\(pgbouncer.port)", "--pgbouncer-user", "postgres",
                "--database", "none",
            ]
        }
    }

    private func scrape(_ exporters: (ComparedProgram, ComparedProgram), into row: inout Row) async throws {
        try await scrape(exporters.0, into: &row.postgresExporter) { Usage.cpu(ofFamily: postmaster) }
        try await scrape(exporters.1, into: &row.pgbouncerExporter) { Usage.cpu(ofAllThreads: bouncer) }
    }

    private func scrape(
        _ program: ComparedProgram, into subject: inout Subject, serverCPU: () -> Double
    ) async throws {
        _ = try await program.scrape(3)
        for _ in 0..<(options.parts + 1) / 2 {
            let (own, server) = (program.cpu, serverCPU())
            let scrapes = try await program.scrape(options.scrapes)
            // The server's processes end a moment after their sessions.
            try await Task.sleep(for: .milliseconds(50))
            subject.own.add((program.cpu - own) / Double(options.scrapes))
            subject.server.add((serverCPU() - server) / Double(options.scrapes))
            // The first one connects, as none of Prometheus' does.
            subject.scrapes.add(scrapes.times.dropFirst())
            subject.bytes = scrapes.bytes
        }
    }

    // MARK: - Poolscope

    /// One for the server and one for the pooler, side by side: first alone, then with a scrape after each sample.
    private func watchPoolscope(into row: inout Row) async throws {
        let onPostgres = try await startPoolscope("poolscope-postgres", [.postgres], budget: "off")
        let onPgBouncer = try await startPoolscope("poolscope-pgbouncer", [.pgbouncer], budget: "off")
        // What is done once in a life is not what a second costs: the first samples make the series, each source is read for
        // the first time, and the server's session fills its caches. Then each has made its page once.
        try await Task.sleep(for: options.isQuick ? .seconds(5) : .seconds(15))
        _ = try await (onPostgres.scrape(3, every: .seconds(1)), onPgBouncer.scrape(3, every: .seconds(1)))
        let part = options.window / options.parts
        for _ in 0..<options.parts {
            let before = (onPostgres.cpu, serverCPU(.postgres), onPgBouncer.cpu, serverCPU(.pgbouncer))
            let seconds = try await elapsed { try await Task.sleep(for: part) }
            row.postgres.own.add((onPostgres.cpu - before.0) / seconds)
            row.postgres.server.add((serverCPU(.postgres) - before.1) / seconds)
            row.pgbouncer.own.add((onPgBouncer.cpu - before.2) / seconds)
            row.pgbouncer.server.add((serverCPU(.pgbouncer) - before.3) / seconds)
        }
        try await answer(onPostgres, into: &row.postgres)
        try await answer(onPgBouncer, into: &row.pgbouncer)
        row.postgres.memory = onPostgres.memory
        row.pgbouncer.memory = onPgBouncer.memory
        try await onPostgres.end()
        try await onPgBouncer.end()
    }

    /// Scrapes a little more than an interval apart find a page that is not encoded yet; those in a row one that is.
    private func answer(_ program: ComparedProgram, into subject: inout Subject) async throws {
        let count = Int(options.window / .seconds(2))
        let cpu = program.cpu
        let seconds = try await elapsed {
            let found = try await program.scrape(count, every: .milliseconds(1_010))
            subject.scrapes.add(found.times.dropFirst())
            subject.bytes = found.bytes
        }
        subject.answering.add((program.cpu - cpu - subject.own.mean * seconds) / Double(count))
        subject.repeats.add(try await program.scrape(options.repeats).times.dropFirst())
    }

    /// As people run it: both targets, every default.
    private func watchShipped(into row: inout Row) async throws {
        let program = try await startPoolscope("poolscope-shipped", [.postgres, .pgbouncer], budget: nil)
        _ = try await program.scrape(Int(options.settling / .seconds(1)), every: .seconds(1))
        for _ in 0..<2 {
            let before = (program.cpu, serverCPU(.postgres) + serverCPU(.pgbouncer))
            let seconds = try await elapsed { try await Task.sleep(for: options.window / 4) }
            row.shipped.own.add((program.cpu - before.0) / seconds)
            row.shipped.server.add((serverCPU(.postgres) + serverCPU(.pgbouncer) - before.1) / seconds)
        }
        row.shipped.memory = program.memory
        try await program.end()
    }

    private enum Kind: String {
        case postgres
        case pgbouncer
    }

    private func serverCPU(_ kind: Kind) -> Double {
        switch kind {
        case .postgres: Usage.cpu(ofFamily: postmaster)
        case .pgbouncer: Usage.cpu(ofAllThreads: bouncer)
        }
    }

    /// - Parameter budget: Of the watched servers; nil leaves the default.
    private func startPoolscope(_ name: String, _ kinds: [Kind], budget: String?) async throws -> ComparedProgram {
        let targets = kinds.map { kind in
            let dsn = kind == .postgres ? postgres.dsn() : pgbouncer.dsn()
            return "  - name: \(kind.rawValue)\n    kind: \(kind.rawValue)\n    dsn: \"\(dsn)\"\n"
        }
        return try await start(name, page: "/-/ready") { port in
            let head = "listen: \"127.0.0.1:\(port)\"\n" + (budget.map { "server_budget: \"\($0)\"\n" } ?? "")
            let file = try directory.write(head + "targets:\n" + targets.joined(), to: "\(name).yml")
            return [options.poolscope, "serve", "--config", file]
        }
    }

    // MARK: - The floor of serving

    private func serveConstant(into row: inout Row) async throws {
        let bytes = row.postgres.bytes
        let program = try await start("constant") { port in [options.peers + "/constant", "\(port)", "\(bytes)"] }
        _ = try await program.scrape(100)
        let cpu = program.cpu
        let scrapes = try await program.scrape(options.repeats)
        row.constant.answering.add((program.cpu - cpu) / Double(options.repeats))
        row.constant.repeats.add(scrapes.times.dropFirst())
        // As far apart as ours, after which a processor has gone to sleep.
        let apart = try await program.scrape(Int(options.window / .seconds(2)), every: .milliseconds(505))
        row.constant.scrapes.add(apart.times.dropFirst())
        try await program.end()
    }

    // MARK: - Helpers

    private func start(
        _ name: String, page: String = "/metrics", command: (UInt16) throws -> [String]
    ) async throws -> ComparedProgram {
        try await ComparedProgram.start(
            name, in: directory, scraper: options.peers + "/scrape", page: page, command: command)
    }

    private func elapsed(_ body: () async throws -> Void) async throws -> Double {
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// To standard error: standard output has the tables alone.
    private func say(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
