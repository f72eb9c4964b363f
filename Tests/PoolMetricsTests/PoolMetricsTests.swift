import ConnectionPool
import Exposition
import PoolVocabulary
import TestSupport
import Testing

@testable import PoolMetrics

/// A pool at some moment.
func statistics(
    idle: Int = 0, used: Int = 0, opening: Int = 0, busy: Int = 0, pending: Int = 0, oldestWait: Duration = .zero,
    minimum: Int = 1, maximum: Int = 10
) -> PoolStatistics {
    var statistics = PoolStatistics()
    statistics.idle = idle
    statistics.used = used
    statistics.opening = opening
    statistics.busy = busy
    statistics.pending = pending
    statistics.oldestWait = oldestWait
    statistics.minimum = minimum
    statistics.maximum = maximum
    return statistics
}

struct Refused: Error {}

@Suite("the metrics of a pool")
struct PoolMetricsTests {
    private let metrics = PoolMetrics(pool: "orders", database: "shop", user: "app")

    private func page(_ now: PoolStatistics = statistics()) throws -> MetricsText {
        try MetricsText(parsing: String(decoding: TextEncoder.encode(metrics.snapshot(now)), as: UTF8.self))
    }

    private let pool = ["db_client_connection_pool_name": "orders"]
    private let shared = ["target": "orders", "pooler": "libpq", "database": "shop", "user": "app"]

    @Test("before anything has happened every series is there, at zero, but for the sampled one")
    func zeroes() throws {
        let page = try page()
        let expected = Set(PoolMetrics.families.map(\.name)).subtracting([PoolFamilies.saturationSampled.name])
        #expect(Set(page.types.keys) == expected)
        let limits: Set = [
            "db_client_connection_idle_max", "db_client_connection_idle_min", "db_client_connection_max",
        ]
        for series in page.series where !limits.contains(series.name) && series.name != "poolscope_pool_size" {
            #expect(series.value == 0, "\(series)")
        }
        #expect(page.all("poolscope_client_pool_connections_closed_total").count == CloseReason.allCases.count)
        #expect(page.all("poolscope_client_pool_leases_refused_total").count == PoolError.Code.allCases.count - 1)
        #expect(page.all("poolscope_client_pool_keepalives_total").count == 2)
        #expect(page.series.count < 135)
    }

    @Test("connections that are opened count with their time, those that are not as failures")
    func opening() throws {
        metrics.opened(after: .milliseconds(20))
        metrics.opened(after: .milliseconds(40))
        metrics.openFailed(Refused(), after: .seconds(5))
        let page = try page()
        #expect(page.series("poolscope_client_pool_connections_opened_total", pool) == 2)
        #expect(page.series("poolscope_client_pool_connection_failures_total", pool) == 1)
        #expect(page.series("db_client_connection_create_time_seconds_count", pool) == 2)
        #expect(abs(try #require(page.series("db_client_connection_create_time_seconds_sum", pool)) - 0.06) < 1e-12)
        #expect(page.series("db_client_connection_create_time_seconds_bucket", ["le": "0.025"]) == 1)
    }

    @Test("a connection that is closed counts under its reason", arguments: CloseReason.allCases)
    func closing(reason: CloseReason) throws {
        metrics.closed(reason)
        let page = try page()
        #expect(page.series("poolscope_client_pool_connections_closed_total", ["reason": reason.rawValue]) == 1)
        #expect(page.sum("poolscope_client_pool_connections_closed_total") == 1)
    }

    @Test("leases count when they begin and when they end, with the time they waited and lasted")
    func leases() throws {
        metrics.acquired(after: .zero)
        metrics.acquired(after: .milliseconds(3))
        metrics.released(after: .seconds(2))
        metrics.leaked(LeaseOrigin(fileID: "Shop/Orders.swift", line: 7), heldFor: .seconds(60))
        let page = try page(statistics(used: 1))
        #expect(page.series("poolscope_client_pool_leases_acquired_total", pool) == 2)
        #expect(page.series("poolscope_client_pool_leases_released_total", pool) == 1)
        #expect(page.series("db_client_connection_count", ["state": "used"]) == 1)
        #expect(page.series("poolscope_client_pool_leases_leaked_total", pool) == 1)
        #expect(page.series("db_client_connection_wait_time_seconds_bucket", ["le": "1e-05"]) == 1)
        #expect(page.series("db_client_connection_wait_time_seconds_count", pool) == 2)
        #expect(page.series("db_client_connection_use_time_seconds_sum", pool) == 2)
        #expect(page.series("poolscope_pool_wait_seconds_bucket", shared.merging(["le": "0.001"]) { $1 }) == 1)
        #expect(page.series("poolscope_pool_wait_seconds_bucket", shared.merging(["le": "0.005"]) { $1 }) == 2)
        #expect(page.series("poolscope_pool_wait_seconds_count", shared) == 2)
        #expect(page.series("poolscope_pool_wait_seconds_sum", shared) == 0.003)
    }

    @Test(
        "a refused task counts under its code",
        arguments: PoolError.Code.allCases.filter { $0 != .invalidConfiguration })
    func refusal(code: PoolError.Code) throws {
        metrics.acquireFailed(code, after: .seconds(2))
        let page = try page()
        #expect(page.series("poolscope_client_pool_leases_refused_total", ["code": code.label]) == 1)
        #expect(page.sum("poolscope_client_pool_leases_refused_total") == 1)
        #expect(page.series("db_client_connection_timeouts_total", pool) == (code == .acquireTimeout ? 1 : 0))
        #expect(page.series("poolscope_pool_waits_abandoned_total", shared) == (code == .tooManyWaiters ? 0 : 1))
    }

    @Test("a task that was refused at once has not waited")
    func refusedAtOnce() throws {
        metrics.acquireFailed(.shutdown, after: .zero)
        #expect(try page().series("poolscope_pool_waits_abandoned_total", shared) == 0)
    }

    @Test("signs of life count by outcome")
    func keepAlives() throws {
        metrics.keptAlive(true)
        metrics.keptAlive(true)
        metrics.keptAlive(false)
        let page = try page()
        #expect(page.series("poolscope_client_pool_keepalives_total", ["outcome": "ok"]) == 2)
        #expect(page.series("poolscope_client_pool_keepalives_total", ["outcome": "error"]) == 1)
    }

    @Test("what a connection does that is neither idle nor lent is in the shared families")
    func connections() throws {
        let page = try page(
            statistics(
                idle: 1, used: 4, opening: 2, busy: 1, pending: 3, oldestWait: .milliseconds(1_500), minimum: 2,
                maximum: 8))
        #expect(page.series("db_client_connection_count", ["state": "idle"]) == 1)
        #expect(page.series("db_client_connection_count", ["state": "used"]) == 4)
        #expect(page.series("db_client_connection_idle_min", pool) == 2)
        #expect(page.series("db_client_connection_idle_max", pool) == 8)
        #expect(page.series("db_client_connection_max", pool) == 8)
        #expect(page.series("db_client_connection_pending_requests", pool) == 3)
        for (state, count) in ["busy": 5.0, "idle": 1, "opening": 2] {
            #expect(page.series("poolscope_pool_connections", shared.merging(["state": state]) { $1 }) == count)
        }
        #expect(page.series("poolscope_pool_size", shared) == 8)
        #expect(page.series("poolscope_pool_waiting_clients", shared) == 3)
        #expect(page.series("poolscope_pool_oldest_wait_seconds", shared) == 1.5)
        #expect(page.series("poolscope_pool_saturation_ratio", shared) == 0.875)
    }

    @Test("how full it is is observed when it is sampled, not when it is read")
    func sampling() throws {
        metrics.sample(statistics(used: 10))
        metrics.sample(statistics(used: 4))
        _ = try page()
        let page = try page()
        #expect(page.series("poolscope_pool_saturation_sampled_ratio_count", shared) == 2)
        #expect(page.series("poolscope_pool_saturation_sampled_ratio_bucket", ["le": "0.4"]) == 1)
    }

    @Test("two pools share a page")
    func twoPools() throws {
        let other = PoolMetrics(pool: "reports", database: "shop", user: "app")
        other.acquired(after: .zero)
        var builder = SnapshotBuilder()
        metrics.emit(statistics(used: 1), into: &builder)
        other.emit(statistics(used: 2), into: &builder)
        let page = try MetricsText(
            parsing: String(decoding: TextEncoder.encode(builder.build()), as: UTF8.self))
        #expect(page.all("db_client_connection_count", ["state": "used"]).map(\.value) == [1, 2])
        #expect(page.all("poolscope_pool_saturation_ratio").map(\.value) == [0.1, 0.2])
    }

    @Test("the page of a small pool, but for buckets, zeroes and comments")
    func smallPool() {
        metrics.opened(after: .milliseconds(20))
        metrics.opened(after: .milliseconds(20))
        metrics.acquired(after: .zero)
        metrics.acquired(after: .milliseconds(250))
        metrics.released(after: .milliseconds(500))
        metrics.closed(.lifetime)
        metrics.acquireFailed(.acquireTimeout, after: .seconds(2))
        metrics.keptAlive(true)
        let now = statistics(used: 1, pending: 1, oldestWait: .milliseconds(500), maximum: 2)
        let lines = String(decoding: TextEncoder.encode(metrics.snapshot(now)), as: UTF8.self).split(separator: "\n")
            .filter { !$0.hasPrefix("#") && !$0.contains("_bucket{") && !$0.hasSuffix(" 0") }
        #expect(
            lines.joined(separator: "\n") == """
                db_client_connection_count{db_client_connection_pool_name="orders",state="used"} 1
                db_client_connection_create_time_seconds_sum{db_client_connection_pool_name="orders"} 0.04
                db_client_connection_create_time_seconds_count{db_client_connection_pool_name="orders"} 2
                db_client_connection_idle_max{db_client_connection_pool_name="orders"} 2
                db_client_connection_idle_min{db_client_connection_pool_name="orders"} 1
                db_client_connection_max{db_client_connection_pool_name="orders"} 2
                db_client_connection_pending_requests{db_client_connection_pool_name="orders"} 1
                db_client_connection_timeouts_total{db_client_connection_pool_name="orders"} 1
                db_client_connection_use_time_seconds_sum{db_client_connection_pool_name="orders"} 0.5
                db_client_connection_use_time_seconds_count{db_client_connection_pool_name="orders"} 1
                db_client_connection_wait_time_seconds_sum{db_client_connection_pool_name="orders"} 0.25
                db_client_connection_wait_time_seconds_count{db_client_connection_pool_name="orders"} 2
                poolscope_client_pool_connections_closed_total{db_client_connection_pool_name="orders",reason="lifetime"} 1
                poolscope_client_pool_connections_opened_total{db_client_connection_pool_name="orders"} 2
                poolscope_client_pool_keepalives_total{db_client_connection_pool_name="orders",outcome="ok"} 1
                poolscope_client_pool_leases_acquired_total{db_client_connection_pool_name="orders"} 2
                poolscope_client_pool_leases_refused_total{code="acquire_timeout",db_client_connection_pool_name="orders"} 1
                poolscope_client_pool_leases_released_total{db_client_connection_pool_name="orders"} 1
                poolscope_pool_connections{database="shop",pooler="libpq",state="busy",target="orders",user="app"} 1
                poolscope_pool_oldest_wait_seconds{database="shop",pooler="libpq",target="orders",user="app"} 0.5
                poolscope_pool_saturation_ratio{database="shop",pooler="libpq",target="orders",user="app"} 0.5
                poolscope_pool_size{database="shop",pooler="libpq",target="orders",user="app"} 2
                poolscope_pool_wait_seconds_sum{database="shop",pooler="libpq",target="orders",user="app"} 0.25
                poolscope_pool_wait_seconds_count{database="shop",pooler="libpq",target="orders",user="app"} 2
                poolscope_pool_waiting_clients{database="shop",pooler="libpq",target="orders",user="app"} 1
                poolscope_pool_waits_abandoned_total{database="shop",pooler="libpq",target="orders",user="app"} 1
                """)
    }

    @Test("promtool has no complaint but of the one name that OpenTelemetry's convention forces")
    func promtool() async throws {
        metrics.sample(statistics())
        let text = String(decoding: TextEncoder.encode(metrics.snapshot(statistics())), as: UTF8.self)
        let outcome = try await runTool("promtool", ["check", "metrics"], input: text)
        #expect(
            (outcome.output + outcome.error).split(separator: "\n") == [
                "db_client_connection_count non-histogram and non-summary metrics should not have \"_count\" suffix"
            ])
    }

    @Test("tasks that observe at the same time lose nothing")
    func concurrency() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [metrics] in
                    for _ in 0..<2_000 {
                        metrics.acquired(after: .microseconds(50))
                        metrics.released(after: .milliseconds(1))
                    }
                }
            }
            for _ in 0..<100 { _ = metrics.snapshot(statistics()) }
        }
        let page = try page()
        #expect(page.series("poolscope_client_pool_leases_acquired_total", pool) == 16_000)
        #expect(page.series("db_client_connection_use_time_seconds_count", pool) == 16_000)
    }

    @Test("the histogram that all kinds of pools share has only bounds of the finer one")
    func bounds() {
        #expect(Set(PoolFamilies.wait.buckets).isSubset(of: ClientPoolFamilies.seconds))
        #expect(ClientPoolFamilies.seconds == ClientPoolFamilies.seconds.sorted())
    }
}
