import Exposition
import Foundation
import PoolMetrics
import PostgresPool

/// Writes the service's metrics to a file, once a second, for node_exporter's textfile collector.
///
/// A service with an HTTP server answers `GET /metrics` with the same bytes and `TextEncoder.contentType`.
struct MetricsPage: Sendable {
    private static let taken = FamilyDescriptor(
        name: "shop_orders_total", type: .counter, labels: ["outcome"], help: "Orders. outcome: booked, refused.")

    let path: String
    let pool: PostgresPool
    let metrics: PoolMetrics
    let orders: Orders

    func run() async throws {
        while !Task.isCancelled {
            metrics.sample(pool.statistics)
            try write()
            try? await Task.sleep(for: .seconds(1))
        }
    }

    func write() throws {
        var page = SnapshotBuilder()
        metrics.emit(pool.statistics, into: &page)
        page.add(Self.taken, ["outcome": "booked"], Double(orders.numbers.booked))
        page.add(Self.taken, ["outcome": "refused"], Double(orders.numbers.refused))
        try Data(TextEncoder.encode(page.build())).write(to: URL(filePath: path), options: .atomic)
    }
}
