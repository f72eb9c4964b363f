import Demo
import Foundation
import Postgres
import TestSupport

/// What clients of a PgBouncer measured of their own waits, to compare with what Poolscope says of them.
///
/// A client takes the time when it sends a statement, and the server says when it began it: one machine, one clock. What
/// lies between is the wait and the way there and back through PgBouncer.
struct WaitTruth: Sendable {
    /// Of clients that were served, in seconds.
    var waits: [Double] = []
    /// Clients that were cut off.
    var cutOff = 0

    var sum: Double { waits.reduce(0, +) }

    /// The wait below which this share of all waits lies.
    func quantile(_ share: Double) -> Double {
        guard !waits.isEmpty else { return 0 }
        let rank = Int((share * Double(waits.count)).rounded(.up))
        return waits.sorted()[max(0, min(waits.count, rank) - 1)]
    }

    /// One client: as many statements as `goesOn` lets it, each of which lasts some milliseconds.
    static func client(
        _ dsn: String, milliseconds: ClosedRange<Int>, while goesOn: @Sendable (Int) -> Bool
    ) async throws -> WaitTruth {
        let target = try ConnectionString(parsing: dsn)
        let session = try await PostgresSession.connect(target, timeout: .seconds(20))
        defer { session.close() }
        var truth = WaitTruth()
        while goesOn(truth.waits.count) {
            let seconds = Double(Int.random(in: milliseconds)) / 1_000
            let sent = Date().timeIntervalSince1970
            do throws(PostgresError) {
                let row = try await session.simpleQuery(
                    "SELECT extract(epoch FROM statement_timestamp()) AS began, pg_sleep(\(seconds))",
                    timeout: .seconds(60))
                guard let began = row.text(row: 0, column: "began").flatMap(Double.init) else { break }
                truth.waits.append(max(0, began - sent))
            } catch {
                guard error.message.contains("query_wait_timeout") else { throw error }
                truth.cutOff += 1
                break
            }
        }
        return truth
    }

    /// Several clients at once.
    static func clients(
        _ count: Int, _ dsn: String, milliseconds: ClosedRange<Int>, while goesOn: @escaping @Sendable (Int) -> Bool
    ) async throws -> WaitTruth {
        try await withThrowingTaskGroup(of: WaitTruth.self) { group in
            for _ in 0..<count {
                group.addTask { try await client(dsn, milliseconds: milliseconds, while: goesOn) }
            }
            return try await group.reduce(into: WaitTruth()) { sum, one in
                sum.waits += one.waits
                sum.cutOff += one.cutOff
            }
        }
    }
}

/// Poolscope's histogram of one database's waits beside the truth.
struct WaitComparison: Sendable {
    let name: String
    let truth: WaitTruth
    /// What `SHOW STATS_TOTALS` grew by, in seconds.
    let serverSum: Double
    let count: Double
    let sum: Double
    let abandoned: Double
    private let buckets: [(bound: Double, count: Double)]

    /// - Parameters:
    ///   - totals: `SHOW STATS_TOTALS` afterwards.
    ///   - before: The same when Poolscope came; a database that was not used by then has none.
    init(
        _ name: String, truth: WaitTruth, metrics: MetricsText, totals: [[String: String]],
        before: [[String: String]] = []
    ) throws {
        self.name = name
        self.truth = truth
        let family = "poolscope_pool_wait_seconds"
        func waited(_ totals: [[String: String]]) -> Double? {
            totals.first { $0["database"] == name }?["wait_time"].flatMap(Double.init)
        }
        serverSum = ((waited(totals) ?? .nan) - (waited(before) ?? 0)) / 1_000_000
        count = metrics.series("\(family)_count", ["database": name]) ?? .nan
        sum = metrics.series("\(family)_sum", ["database": name]) ?? .nan
        abandoned = metrics.sum("poolscope_pool_waits_abandoned_total", ["database": name]) ?? .nan
        buckets = metrics.all("\(family)_bucket", ["database": name]).compactMap { series in
            let text = series.labels["le"] ?? ""
            return (text == "+Inf" ? .infinity : Double(text) ?? .nan, series.value)
        }.sorted { $0.bound < $1.bound }
    }

    /// The upper bound of the bucket that holds a quantile of Poolscope's histogram.
    func bucket(_ share: Double) -> Double {
        buckets.first { $0.count >= (share * count).rounded(.up) }?.bound ?? .nan
    }

    /// The upper bound of the bucket in which the clients have it.
    func trueBucket(_ share: Double) -> Double {
        let value = truth.quantile(share)
        return buckets.first { $0.bound >= value }?.bound ?? .nan
    }

    /// Whether Poolscope has a quantile in the bucket in which the clients have it.
    ///
    /// They measure the way through PgBouncer too, on a machine that is busy: where theirs lies within a fifth of the bound,
    /// the next bucket is the same, and two of a hundred waits that were long on the way may be others.
    func agrees(_ share: Double) -> Bool {
        let found = bucket(share)
        return [share, share - 0.02].contains { share in
            let (value, expected) = (truth.quantile(share), trueBucket(share))
            return found == expected
                || buckets.contains { ($0.bound == found || $0.bound == expected) && abs(value / $0.bound - 1) < 0.2 }
        }
    }

    var summary: String {
        func number(_ value: Double) -> String { String(format: "%.3f", value) }
        func quantile(_ share: Double) -> String {
            "p\(Int(share * 100)) clients \(number(truth.quantile(share))) s in le=\(trueBucket(share)), "
                + "Poolscope le=\(bucket(share))"
        }
        return "waits of \(name): count clients \(truth.waits.count), Poolscope \(Int(count)); sum clients "
            + "\(number(truth.sum)) s, PgBouncer \(number(serverSum)) s, Poolscope \(number(sum)) s; "
            + "\(quantile(0.5)); \(quantile(0.95)); \(quantile(0.99)); cut off clients \(truth.cutOff), "
            + "Poolscope abandoned \(Int(abandoned))"
    }
}
