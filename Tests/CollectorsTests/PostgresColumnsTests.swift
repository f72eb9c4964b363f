import Observations
import TestSupport
import Testing

@testable import Collectors

@Suite("PostgreSQL's columns from 10 to 18")
struct PostgresColumnsTests {
    /// The words of a statement: what may name a column.
    private func words(of statement: String?) -> Set<String> {
        Set((statement ?? "").split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    }

    @Test("a statement asks for no column that the version lacks", arguments: PostgresFixture.all)
    func asked(fixture: PostgresFixture) throws {
        let newest = try #require(PostgresFixture.all.last)
        let context = SourceContext(serverVersion: fixture.serverVersion)
        let activity = words(of: ActivitySource.statement(in: context)).intersection(newest.activityColumns)
        #expect(activity.subtracting(fixture.activityColumns) == [])
        #expect(activity.contains("leader_pid") == (fixture.version >= 13), "what it has is asked for")
        #expect(activity.contains("query_id") == (fixture.version >= 14))
        #expect(activity.contains("backend_type") && activity.contains("state_change"))
        #expect(!activity.contains("query"), "never the text of a statement unasked")
        let databases = words(of: DatabasesSource.statement(in: context)).intersection(newest.databaseColumns)
        #expect(databases.subtracting(fixture.databaseColumns) == [])
    }

    @Test(
        "the rows of pg_stat_activity are read by name, and what the version lacks is nil",
        arguments: PostgresFixture.all)
    func activity(fixture: PostgresFixture) throws {
        let sample = try ActivitySource.decode(fixture.activity)
        func time(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64(seconds * 1_000_000)) }
        #expect(sample.sampledAt == time(1_000))
        #expect(sample.rows.map(\.pid) == [1, 2, 3, 4])
        #expect(sample.rows.map(\.isSelf) == [true, false, false, false])
        #expect(sample.rows.map(\.isClientBackend) == [true, true, false, false])
        #expect(
            sample.rows[1]
                == ActivityRow(
                    pid: 2, backendStart: time(20), transactionStart: time(990), queryStart: time(991),
                    stateChange: time(992.25), state: .idleInTransaction, database: "shop", user: "app",
                    applicationName: "web", backendType: "client backend", waitEventType: "Client",
                    waitEvent: "ClientRead", leaderPID: nil, queryID: fixture.version >= 14 ? -77 : nil,
                    clientAddress: "10.0.0.7", clientPort: 40_123))
        #expect(sample.rows[2].leaderPID == (fixture.version >= 13 ? 2 : nil))
        #expect(sample.rows[2].isParallelWorker)
        #expect(sample.rows[3].backendStart == nil && !sample.rows[3].isHidden)
    }

    @Test(
        "pg_stat_database: a number for each column that the version has, and none is unknown",
        arguments: PostgresFixture.all)
    func databases(fixture: PostgresFixture) throws {
        let table = fixture.databases
        #expect(table.unknownNumericColumns(known: DatabasesSource.knownColumns ?? []) == [])
        let rows = try DatabasesSource.decode(table)
        #expect(rows.map(\.name) == ["shop"] && rows[0].id == 16_384)
        #expect(rows[0].connectionLimit == 50)
        #expect(rows[0].statsReset == ServerTime(microseconds: 500_000_000))
        let expected = PeerDatabasesCollector.columns.map(\.column).filter { fixture.databaseColumns.contains($0) }
        #expect(Set(rows[0].numbers.keys) == Set(expected))
        #expect(rows[0].numbers["numbackends"] == 2)
        #expect(rows[0].numbers["xact_commit"] == 3)
        #expect((rows[0].numbers["session_time"] != nil) == (fixture.version >= 14))
        for column in expected where column != "numbackends" {
            #expect(rows[0].numbers[column] == fixture.databaseColumns.firstIndex(of: column).map(Double.init))
        }
    }
}
