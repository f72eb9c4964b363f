import Demo
import TestSupport
import Testing

@testable import Postgres

@Suite("Statements that a session keeps on its server")
struct KeptPlansTests {
    /// For `#expect`, which takes no mutating calls of values.
    private final class Subject {
        private var plans = KeptPlans()

        var isOff: Bool { plans.isOff }
        func step(for sql: String, in place: String = "a") -> KeptPlans.Step { plans.step(for: sql, in: place) }
        func outdated(by sql: String) -> String? { plans.outdated(by: sql, in: "a") }
        func isKept() { plans.isKept(in: "a") }
        func failed(with state: SQLState) -> Bool { plans.failed(in: "a", with: state) }
    }

    @Test("a statement is kept when it comes for the second time, and run by its name from then on")
    func second() {
        let plans = Subject()
        #expect(plans.step(for: "SELECT 1") == .runUnnamed)
        #expect(plans.step(for: "SELECT 1") == .prepare("poolscope_1"))
        plans.isKept()
        #expect(plans.outdated(by: "SELECT 1") == nil)
        #expect(plans.step(for: "SELECT 1") == .run("poolscope_1"))
    }

    @Test("another text in its place removes it, and one that changes each time is never kept")
    func changes() {
        let plans = Subject()
        _ = plans.step(for: "SELECT 1")
        _ = plans.step(for: "SELECT 1")
        plans.isKept()
        #expect(plans.outdated(by: "SELECT 2") == "poolscope_1")
        for number in 2..<100 {
            #expect(plans.outdated(by: "SELECT \(number)") == nil)
            #expect(plans.step(for: "SELECT \(number)") == .runUnnamed)
        }
    }

    @Test("what came of keeping it was never told: it is removed, under whatever name, before it is tried anew")
    func untold() {
        let plans = Subject()
        _ = plans.step(for: "SELECT 1")
        #expect(plans.step(for: "SELECT 1") == .prepare("poolscope_1"))
        #expect(plans.outdated(by: "SELECT 1") == "poolscope_1")
        #expect(plans.step(for: "SELECT 1") == .runUnnamed)
        #expect(plans.step(for: "SELECT 1") == .prepare("poolscope_2"))
    }

    @Test("there is a bound on the places")
    func bounded() {
        let plans = Subject()
        for place in 0..<2 * KeptPlans.limit { _ = plans.step(for: "SELECT 1", in: "\(place)") }
        #expect(plans.step(for: "SELECT 1", in: "0") == .prepare("poolscope_1"))
        #expect(plans.step(for: "SELECT 1", in: "\(KeptPlans.limit)") == .runUnnamed)
    }

    @Test("a fault of the statement is the statement's; a name that is lost ends the keeping")
    func faults() {
        let plans = Subject()
        _ = plans.step(for: "SELECT x")
        _ = plans.step(for: "SELECT x")
        #expect(!plans.failed(with: .undefinedColumn))
        #expect(plans.step(for: "SELECT x") == .prepare("poolscope_2"), "nothing to remove")
        plans.isKept()
        #expect(!plans.failed(with: .queryCanceled))
        #expect(plans.step(for: "SELECT x") == .run("poolscope_2"), "still there")
        #expect(plans.failed(with: .featureNotSupported), "cached plan must not change result type")
        #expect(plans.outdated(by: "SELECT x") == "poolscope_2")
        #expect(plans.failed(with: .invalidStatementName))
        #expect(plans.isOff)
        for _ in 0..<3 { #expect(plans.step(for: "SELECT x") == .runUnnamed) }
    }
}

@Suite("Kept statements on a live server", .privatePostgres())
struct KeptStatementsTests {
    private let server = PrivatePostgres.current!

    private func kept(by session: PostgresSession) async throws -> [String] {
        let names = try await session.simpleQuery(
            "SELECT name FROM pg_prepared_statements ORDER BY name", timeout: .seconds(5))
        return (0..<names.rowCount).compactMap { names.text(row: $0, column: 0) }
    }

    @Test("the same answers, one statement for each place however often texts change, and none unless allowed")
    func bounded() async throws {
        let session = try await server.connect()
        for number in [1, 1, 1, 2, 2, 3, 4, 4] {
            let result = try await session.query("SELECT \(number)::int4 AS n", planKeptAs: "a", timeout: .seconds(5))
            #expect(result.columns.first?.isBinary == true)
        }
        #expect(try await kept(by: session) == [])
        session.keepsPlans = true
        for number in [1, 1, 1, 2, 2, 3, 4, 4] {
            let result = try await session.query("SELECT \(number)::int4 AS n", planKeptAs: "a", timeout: .seconds(5))
            let value = result.withBytes(row: 0, column: 0) {
                $0.map { Int(Int32(bigEndian: $0.loadUnaligned(as: Int32.self))) }
            }
            #expect(value == number && result.columns.first?.isBinary == true)
        }
        #expect(try await kept(by: session).count == 1)
    }

    @Test("a relation that changed its columns, and a statement that somebody removed, cost no answer")
    func survives() async throws {
        let session = try await server.connect()
        session.keepsPlans = true
        _ = try await session.simpleQuery("CREATE TABLE changing (a int)", timeout: .seconds(5))
        func columns() async throws -> Int {
            try await session.query("SELECT * FROM changing", planKeptAs: "a", timeout: .seconds(5)).columns.count
        }
        for _ in 0..<3 { #expect(try await columns() == 1) }
        _ = try await session.simpleQuery("ALTER TABLE changing ADD b int", timeout: .seconds(5))
        for _ in 0..<4 { #expect(try await columns() == 2) }
        #expect(try await kept(by: session).count == 1)
        _ = try await session.simpleQuery("DEALLOCATE ALL", timeout: .seconds(5))
        for _ in 0..<3 { #expect(try await columns() == 2) }
        #expect(try await kept(by: session) == [], "somebody is between us and the server")
    }

    @Test("an error of the statement is told as it is, and one that timed out leaves nothing behind")
    func errors() async throws {
        let session = try await server.connect()
        session.keepsPlans = true
        for _ in 0..<3 {
            let error = await failure {
                _ = try await session.query("SELECT * FROM no_such_table", planKeptAs: "a", timeout: .seconds(5))
            }
            #expect(error?.sqlState == .undefinedTable)
        }
        let sleep = "SELECT pg_sleep(0.2)"
        _ = try await session.query(sleep, planKeptAs: "b", timeout: .seconds(5))
        for _ in 0..<2 {
            let late = await failure {
                _ = try await session.query(sleep, planKeptAs: "b", timeout: .milliseconds(50))
            }
            #expect(late?.kind == .timeout && session.hasPendingAnswer)
            _ = try await session.query(sleep, planKeptAs: "b", timeout: .seconds(5))
        }
        #expect(try await kept(by: session).count <= 1)
    }
}
