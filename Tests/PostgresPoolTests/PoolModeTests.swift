import Postgres
import PostgresPool
import Testing

@Suite("what a connection string gives away about the pooler behind it")
struct PoolModeTests {
    @Test(
        "hosts and ports of known poolers",
        arguments: [
            ("host=db1 port=5432", PoolMode.direct),
            ("host=db1", .direct),
            ("", .direct),
            ("host=db1 port=6432", .transactionPooler),
            ("host=db1,db2 port=5432,6432", .transactionPooler),
            ("host=/var/run/postgresql port=6432", .transactionPooler),
            ("host=db1 port=6543", .direct),
            ("postgres://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:6543/postgres", .transactionPooler),
            ("postgres://u.ref:p@aws-0-eu-central-1.pooler.supabase.com:5432/postgres", .sessionPooler),
            ("postgres://u.ref:p@aws-0-eu-central-1.Pooler.Supabase.com/postgres", .sessionPooler),
            ("host=pooler.supabase.com.example.org port=6543", .direct),
            ("postgres://postgres:p@db.ref.supabase.co:6543/postgres", .transactionPooler),
            ("postgres://postgres:p@db.ref.supabase.co:5432/postgres", .direct),
            ("postgres://u:p@ep-cool-1-pooler.eu-central-1.aws.neon.tech/neondb", .transactionPooler),
            ("postgres://u:p@ep-cool-1.eu-central-1.aws.neon.tech/neondb", .direct),
        ])
    func detected(text: String, mode: PoolMode) throws {
        #expect(try PoolMode(detecting: ConnectionString(parsing: text)) == mode)
    }

    @Test("a flag overrides what was detected")
    func overridden() throws {
        let server = try ConnectionString(parsing: "host=db1 port=6432")
        var configuration = PostgresPoolConfiguration(name: "p")
        #expect(try PostgresPool(server, configuration: configuration).mode == .transactionPooler)
        configuration.mode = .direct
        #expect(try PostgresPool(server, configuration: configuration).mode == .direct)
    }

    @Test("a parameter of another driver is rejected, and no secret is in the message")
    func foreignParameter() throws {
        let error = #expect(throws: PostgresError.self) {
            try ConnectionString(parsing: "postgres://u:s3cret@db1:6432/app?pgbouncer=true")
        }
        #expect(error?.kind == .invalidConnectionString)
        #expect(error.map { "\($0)" }?.contains("s3cret") == false)
    }
}
