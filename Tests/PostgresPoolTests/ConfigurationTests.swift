import ConnectionPool
import Postgres
import Testing

@testable import PostgresPool

@Suite("the knobs of a pool of PostgreSQL connections")
struct ConfigurationTests {
    @Test("what is not valid is said in a sentence")
    func invalid() throws {
        try expect("statementTimeout is 0.0 seconds, but must be between 1 ms and 24 days") {
            $0.statementTimeout = .zero
        }
        try expect("queryDeadline is 5e-05 seconds, but must be between 1 ms and 24 days") {
            $0.queryDeadline = .microseconds(50)
        }
        try expect("rowLimit is 0, but must be at least 1") { $0.rowLimit = 0 }
        try expect("keepAliveQuery contains a NUL character") { $0.keepAliveQuery = "SELECT \0" }
        try expect("resetQuery is set, but through a transaction pooler a connection has no state to reset") {
            $0.mode = .transactionPooler
            $0.resetQuery = "DISCARD ALL"
        }
    }

    private func expect(
        _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout PostgresPoolConfiguration) -> Void
    ) throws {
        var configuration = PostgresPoolConfiguration(name: "shop")
        change(&configuration)
        let (server, chosen) = (try ConnectionString(parsing: "host=db1"), configuration)
        let error = #expect(throws: PoolError.self, sourceLocation: sourceLocation) {
            try PostgresPool(server, configuration: chosen)
        }
        #expect(error?.code == .invalidConfiguration, sourceLocation: sourceLocation)
        #expect(error?.message == "pool shop: \(sentence)", sourceLocation: sourceLocation)
    }

    @Test("each mode has its own rules")
    func rules() {
        var configuration = PostgresPoolConfiguration(name: "shop")
        configuration.statementTimeout = .seconds(3)
        let (direct, session, transaction) = (
            ConnectionRules(configuration, mode: .direct), ConnectionRules(configuration, mode: .sessionPooler),
            ConnectionRules(configuration, mode: .transactionPooler)
        )
        #expect([direct, session, transaction].map(\.keepAliveQuery) == ["SELECT 1", "", ""])
        #expect([direct, session, transaction].map(\.sessionStatementTimeout) == [.seconds(3), .seconds(3), nil])
        #expect([direct, session, transaction].map(\.transactionStatementTimeout) == [nil, nil, .seconds(3)])
    }

    @Test("a transaction begins with what its options say")
    func options() {
        var options = TransactionOptions()
        #expect(options.statements(fallback: nil) == "BEGIN")
        #expect(options.statements(fallback: .seconds(2)) == "BEGIN; SET LOCAL statement_timeout = 2000")
        options.isolation = .serializable
        options.isReadOnly = true
        options.isDeferrable = true
        options.statementTimeout = .microseconds(1_500)
        options.lockTimeout = .zero
        options.idleTimeout = .seconds(1 << 40)
        #expect(
            options.statements(fallback: .seconds(2)) == """
                BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE; SET LOCAL statement_timeout = 2; \
                SET LOCAL lock_timeout = 1; SET LOCAL idle_in_transaction_session_timeout = 2147483647
                """)
        options = TransactionOptions()
        options.isReadOnly = false
        options.isolation = .repeatableRead
        #expect(options.statements(fallback: nil) == "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE")
    }
}
