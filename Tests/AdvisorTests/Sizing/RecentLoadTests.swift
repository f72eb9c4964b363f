import Observations
import TestSupport
import Testing

@testable import Advisor

@Suite("The load of the last minutes")
struct RecentLoadTests {
    /// A look at which so many connection seconds had been held so far.
    private func look(at time: Double, held: Double) -> LoadReading {
        LoadReading(
            time: time,
            totals: [
                PgBouncerTotals(
                    database: "shop",
                    numbers: [
                        "xact_count": held * 10, "query_count": held * 10, "xact_time": held * 1_000_000,
                        "query_time": held * 1_000_000, "wait_time": 0,
                    ])
            ],
            pools: [PgBouncerPool(database: "shop", user: "web", poolMode: "transaction", numbers: ["sv_active": 1])])
    }

    private func load(_ recent: RecentLoad) throws -> LoadMeasurement { try recent.measurement.get() }

    @Test("without an end it tells of five to ten minutes, and forgets what was before")
    func endless() throws {
        var recent = RecentLoad(origin: .pgbouncer, isEndless: true)
        var held = 0.0
        var windows: [Double] = []
        for time in stride(from: 0.0, through: 3_600, by: 10) {
            // Two connections in use; four in the second half hour.
            held += time > 1_800 ? 40 : 20
            recent.add(look(at: time, held: held))
            if time > 300 { windows.append(try load(recent).window) }
        }
        #expect(windows.allSatisfy { (300...600).contains($0) }, "\(windows.min() ?? 0) \(windows.max() ?? 0)")
        #expect(abs(try load(recent).load - 4) < 1e-9)
    }

    @Test("with an end it tells of all of it, however long, in bounded memory and with the same load")
    func ending() throws {
        var recent = RecentLoad(origin: .pgbouncer, isEndless: false)
        for time in 0...20_000 { recent.add(look(at: Double(time), held: Double(time) * 2)) }
        let load = try load(recent)
        #expect(load.window == 20_000 && load.readings == 20_001 && load.parts.count == 6)
        #expect(abs(load.load - 2) < 1e-9 && load.parts.allSatisfy { abs($0 - 2) < 1e-9 }, "\(load.parts)")
    }

    @Test("a clock that is set back begins anew; before two looks there is none")
    func clock() throws {
        var recent = RecentLoad(origin: .pgbouncer, isEndless: true)
        #expect(recent.measurement.reason?.contains("two looks") == true)
        for time in [1_000.0, 1_100, 500, 510] { recent.add(look(at: time, held: time)) }
        #expect(try load(recent).window == 10 && load(recent).resets == 0)
        #expect(!recent.isDue(at: 514) && recent.isDue(at: 515) && recent.isDue(at: 400))
    }

    @Test("what was in use at looks is averaged over all of them, also where their course was thinned")
    func thinned() throws {
        var meter = LoadMeter(origin: .postgres)
        let looks = LoadMeter.courseLimit * 3
        for time in 0..<looks {
            let inUse = time < looks / 2 ? 2 : 6
            meter.add(
                LoadReading(
                    time: Double(time),
                    databases: [
                        DatabaseStatistics(
                            id: 1, name: "shop", connectionLimit: -1, statsReset: nil,
                            numbers: ["xact_commit": Double(time)])
                    ], inUse: ["shop": inUse]))
        }
        let load = try meter.measurement()
        #expect(load.isSampled && abs(load.load - 4) < 1e-9 && load.parts.count == 6)
        #expect(load.parts.first == 2 && load.parts.last == 6, "\(load.parts)")
    }
}
