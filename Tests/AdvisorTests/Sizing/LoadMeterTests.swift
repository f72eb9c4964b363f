import Observations
import TestSupport
import Testing

@testable import Advisor

@Suite("The load of a pooler or a server")
struct LoadMeterTests {
    private func pooler(
        at time: Double, xacts: Double, seconds: Double, waits: Double = 0, queries: Double? = nil, work: Double? = nil,
        inUse: Double = 0, waiting: Double = 0, mode: String = "transaction", extra: [String: Double] = [:]
    ) -> LoadReading {
        let numbers = [
            "xact_count": xacts, "query_count": queries ?? xacts, "xact_time": (seconds + waits) * 1_000_000,
            "query_time": ((work ?? seconds) + waits) * 1_000_000, "wait_time": waits * 1_000_000,
        ].merging(extra) { $1 }
        return LoadReading(
            time: time,
            totals: [
                PgBouncerTotals(database: "shop", numbers: numbers),
                PgBouncerTotals(database: "pgbouncer", numbers: ["query_count": time, "xact_time": 1e12]),
            ],
            pools: [
                PgBouncerPool(
                    database: "shop", user: "web", poolMode: mode,
                    numbers: ["sv_active": inUse, "cl_waiting": waiting]),
                PgBouncerPool(
                    database: "pgbouncer", user: "pgbouncer", poolMode: "statement", numbers: ["sv_active": 9]),
            ])
    }

    private func measure(
        _ readings: [LoadReading], _ origin: LoadMeasurement.Origin = .pgbouncer
    ) throws -> LoadMeasurement {
        var meter = LoadMeter(origin: origin)
        for reading in readings { meter.add(reading) }
        return try meter.measurement()
    }

    @Test("behind PgBouncer: transactions by time that they hold a server, without their wait and the console's")
    func transactions() throws {
        let load = try measure([
            pooler(at: 0, xacts: 1_000, seconds: 50, waits: 7, inUse: 2),
            pooler(at: 5, xacts: 1_500, seconds: 60, waits: 27, work: 57.5, inUse: 2),
            pooler(at: 10, xacts: 2_000, seconds: 70, waits: 57, work: 65, inUse: 2, waiting: 3),
        ])
        #expect(load.arrivals == 1_000)
        #expect(load.arrivalRate == 100)
        #expect(abs(load.load - 2) < 1e-9)
        #expect(abs((load.serviceTime ?? 0) - 0.02) < 1e-9)
        #expect(abs((load.workingShare ?? 0) - 0.75) < 1e-9)
        #expect(load.pools.map(\.key) == [PoolKey(database: "shop", user: "web")])
        #expect(load.waitingShare == 1 / 3.0)
        #expect(load.parts.count == 2 && !load.isSampled && load.resets == 0)
    }

    @Test("in statement mode what holds a server is the statement")
    func statements() throws {
        let load = try measure(
            [0.0, 10].map {
                pooler(at: $0, xacts: $0, seconds: $0 * 9, queries: $0 * 40, work: $0 * 3, mode: "statement")
            })
        #expect(load.holder == .statement)
        #expect(load.arrivalRate == 40)
        #expect(abs(load.load - 3) < 1e-9)
    }

    @Test("in session mode the load is what was seen in use; arrivals are counted since 1.23")
    func sessions() throws {
        let old = try measure(
            [0.0, 1, 2].map { pooler(at: $0, xacts: $0 * 9, seconds: $0, inUse: 4 + $0, mode: "session") })
        #expect(old.holder == .session && old.isSampled)
        #expect(old.load == 5)
        #expect(old.arrivalRate == nil && old.serviceTime == nil)
        let new = try measure(
            [0.0, 1, 2].map {
                pooler(
                    at: $0, xacts: $0 * 9, seconds: $0, inUse: 4 + $0, mode: "session",
                    extra: ["server_assignment_count": $0 * 10])
            })
        #expect(new.arrivalRate == 10)
        #expect(new.serviceTime == 0.5)
    }

    @Test("a transaction that does not end is in no counter: then what was seen counts")
    func unfinished() throws {
        let load = try measure((0...30).map { pooler(at: Double($0), xacts: Double($0), seconds: 0.1, inUse: 3) })
        #expect(load.isSampled)
        #expect(load.load == 3)
    }

    @Test("a few looks at chance do not overrule the counters")
    func chance() throws {
        let load = try measure(
            (0...30).map { pooler(at: Double($0), xacts: Double($0) * 10, seconds: Double($0), inUse: Double($0 % 3)) })
        #expect(!load.isSampled)
        #expect(abs(load.load - 1) < 1e-9)
    }

    @Test("counters that begin anew are noticed, and their past is not subtracted")
    func restart() throws {
        let load = try measure([
            pooler(at: 0, xacts: 5_000, seconds: 900), pooler(at: 10, xacts: 5_100, seconds: 910),
            pooler(at: 20, xacts: 10, seconds: 1), pooler(at: 30, xacts: 110, seconds: 11),
        ])
        #expect(load.resets == 1)
        #expect(load.arrivals == 200)
        #expect(abs(load.load - 20 / 30.0) < 1e-9)
        #expect(SizeConfidence(of: load).level == .low)
    }

    @Test("a database's load is split over its pools as they were seen in use")
    func split() throws {
        func reading(_ time: Double) -> LoadReading {
            LoadReading(
                time: time,
                totals: [
                    PgBouncerTotals(
                        database: "shop",
                        numbers: ["xact_count": time, "query_count": time, "xact_time": time * 4e6, "wait_time": 0])
                ],
                pools: [("web", 3.0), ("jobs", 1.0), ("idle", 0)].map {
                    PgBouncerPool(
                        database: "shop", user: $0.0, poolMode: "transaction", numbers: ["sv_active": $0.1])
                })
        }
        let load = try measure([reading(0), reading(10)])
        #expect(load.pools.map(\.key.user) == ["web", "jobs"])
        #expect(load.pools.map(\.load) == [3, 1])
        #expect(load.workingShare == nil, "query_time is not there")
    }

    private func server(at time: Double, _ numbers: [String: Double], inUse: [String: Int]? = ["shop": 2])
        -> LoadReading
    {
        LoadReading(
            time: time,
            databases: [
                DatabaseStatistics(id: 1, name: "shop", connectionLimit: nil, statsReset: nil, numbers: numbers)
            ], inUse: inUse)
    }

    @Test("on a server: active time and time idle in transaction, since PostgreSQL 14")
    func server() throws {
        let load = try measure(
            [0.0, 10].map {
                server(
                    at: $0,
                    [
                        "xact_commit": 70 * $0, "xact_rollback": 30 * $0, "active_time": 1_500 * $0,
                        "idle_in_transaction_time": 500 * $0,
                    ])
            }, .postgres)
        #expect(load.arrivalRate == 100)
        #expect(abs(load.load - 2) < 1e-9)
        #expect(load.workingShare == 0.75)
        #expect(load.pools.map(\.key) == [PoolKey(database: "shop")])
    }

    @Test("before 14 the load is what was seen in use; nothing seen is no load")
    func oldServer() throws {
        let numbers = ["xact_commit": 100.0]
        let load = try measure([server(at: 0, ["xact_commit": 0]), server(at: 10, numbers)], .postgres)
        #expect(load.isSampled && load.load == 2 && load.arrivalRate == 10)
        #expect(throws: SizingError.self) {
            try measure([server(at: 0, numbers, inUse: nil), server(at: 10, numbers, inUse: nil)], .postgres)
        }
    }

    @Test("no load, one look, or no time between two get a sentence")
    func nothing() {
        for readings in [
            [], [pooler(at: 0, xacts: 1, seconds: 1)],
            [pooler(at: 3, xacts: 1, seconds: 1), pooler(at: 3, xacts: 2, seconds: 2)],
            [pooler(at: 0, xacts: 1, seconds: 1), pooler(at: 9, xacts: 1, seconds: 1)],
        ] {
            let error = #expect(throws: SizingError.self) { try measure(readings) }
            #expect(error.map { !$0.description.isEmpty } == true)
        }
    }

    @Test("only the database that is asked for")
    func only() throws {
        let reading = pooler(at: 1, xacts: 5, seconds: 1, inUse: 1)
        #expect(reading.only("shop").pools.count == 1)
        #expect(reading.only("other").databases.isEmpty)
        #expect(reading.databases["pgbouncer"] == nil, "the console is no pool")
    }

    @Test("whatever numbers a server sends, there is a size or a sentence")
    func hostile() {
        var random = SeededRandom(seed: 5)
        let numbers = [.nan, .infinity, -.infinity, -1, 0, 1, 1e18, 1e300, -1e300, 0.5, 40]
        func any() -> Double { numbers.randomElement(using: &random) ?? 0 }
        var (sizes, sentences) = (0, 0)
        for round in 0..<2_000 {
            let readings = (0...3).map {
                pooler(
                    at: Double($0), xacts: any(), seconds: any(), waits: any(), queries: any(), work: any(),
                    inUse: any(),
                    waiting: any(), mode: ["transaction", "session", "statement", "?"][round % 4])
            }
            do {
                let load = try measure(readings)
                let slots = SlotBudget(settings: ["max_connections": any()])
                let report = try Sizing.report(
                    SizeRequest(formula: SizingFormula(cores: 4)), measurement: load, slots: slots)
                for format in SizeFormats.all { #expect(!format.render(report).isEmpty) }
                sizes += 1
            } catch {
                sentences += 1
            }
        }
        #expect(sizes > 100 && sentences > 100)
    }
}
