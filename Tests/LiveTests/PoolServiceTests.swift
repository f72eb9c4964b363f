import Demo
import TestSupport
import Testing

@Suite("The example of docs/pool.md")
struct PoolServiceTests {
    @Test("it books what there is, and its page adds up", arguments: PostgresVersion.all)
    func runs(version: PostgresVersion) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory, version: version)
            _ = try await server.execute("ALTER DATABASE shop OWNER TO app")
            let file = "\(directory.path)/shop.prom"
            let outcome = try await runTool(
                "\(ProductsDirectory.path)/pool-example", [server.dsn(database: "shop", user: "app"), file])
            #expect(outcome.status == 0, "\(outcome.error.prefix(2_000))")
            let page = try text(ofFile: file)
            try checkFigures(of: MetricsText(parsing: page))
            let lint = try await runTool("promtool", ["check", "metrics"], input: page)
            #expect(
                (lint.output + lint.error).split(separator: "\n") == [
                    "db_client_connection_count non-histogram and non-summary metrics should not have \"_count\" suffix"
                ])
            // Neither a row of a refused order nor a session is left.
            let rows = try await server.execute(
                "SELECT count(*), count(DISTINCT customer) FROM bookings", database: "shop")
            #expect(rows.hasPrefix("190|"))
            #expect(
                try await server.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'") == "0")
        }
    }

    private func checkFigures(of page: MetricsText) throws {
        func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double {
            try #require(page.sum(name, labels.merging(["db_client_connection_pool_name": "orders"]) { $1 }), "\(name)")
        }
        #expect(page.series("shop_orders_total", ["outcome": "booked"]) == 190)
        #expect(page.series("shop_orders_total", ["outcome": "refused"]) == 10)

        let acquired = try value("poolscope_client_pool_leases_acquired_total")
        #expect(acquired == 201)
        #expect(
            try value("poolscope_client_pool_leases_released_total")
                + value("db_client_connection_count", ["state": "used"]) == acquired)
        #expect(try value("db_client_connection_wait_time_seconds_count") == acquired)
        #expect(try value("db_client_connection_use_time_seconds_count") == acquired)
        #expect(page.sum("poolscope_pool_wait_seconds_count", ["pooler": "libpq", "database": "shop"]) == acquired)

        let opened = try value("poolscope_client_pool_connections_opened_total")
        #expect((2...5).contains(opened))
        #expect(try value("poolscope_client_pool_connections_closed_total") == opened)
        #expect(try value("poolscope_client_pool_connections_closed_total", ["reason": "shutdown"]) == opened)
        #expect(try value("db_client_connection_create_time_seconds_count") == opened)
        #expect(try value("db_client_connection_count") == 0)
        #expect(try value("db_client_connection_max") == 5)
        for name in [
            "db_client_connection_timeouts_total", "poolscope_client_pool_leases_refused_total",
            "poolscope_client_pool_leases_leaked_total",
        ] { #expect(try value(name) == 0, "\(name)") }
        #expect(try #require(page.sum("poolscope_pool_saturation_sampled_ratio_count")) >= 1)
    }
}
