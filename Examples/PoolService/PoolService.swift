import ConnectionPool
import Logging
import PoolMetrics
import Postgres
import PostgresPool

/// A service that takes orders, and whose pool can be watched.
///
///     pool-example "host=db1 dbname=shop user=app" /var/lib/node_exporter/shop.prom
@main
struct PoolService {
    static func main() async throws {
        guard CommandLine.arguments.count == 3 else {
            print("usage: pool-example DSN FILE")
            return
        }
        let server = try ConnectionString(parsing: CommandLine.arguments[1])

        var configuration = PostgresPoolConfiguration(name: "orders")
        configuration.pool.minimum = 2
        configuration.pool.maximum = 5
        configuration.statementTimeout = .seconds(30)

        let metrics = PoolMetrics(pool: "orders", database: server["dbname"] ?? "", user: server["user"] ?? "")
        let log = PoolLog(Logger(label: "shop"), pool: "orders")
        let pool = try PostgresPool(server, configuration: configuration, observer: PoolObservers([metrics, log]))

        let orders = Orders(pool: pool)
        let page = MetricsPage(path: CommandLine.arguments[2], pool: pool, metrics: metrics, orders: orders)
        try await withThrowingTaskGroup { group in
            group.addTask { await pool.run() }
            group.addTask { try await page.run() }
            try await orders.takeAll()
            await pool.drain(within: .seconds(5))
            group.cancelAll()
        }
        try page.write()
    }
}
