import Foundation

/// Measurements as the tables of `docs/accuracy.md`.
struct AccuracyReport {
    let measurements: [GroundTruthMeasurement]

    func text(_ section: AccuracyDocument.Section) -> String? {
        switch section {
        case .method: Self.method
        case .episodes: episodes
        case .estimates: estimates
        case .totals: totals
        case .percentiles: percentiles
        case .slowQueue, .fastQueue, .outage, .pause: nil
        }
    }

    private static let method = """
        A workload with durations drawn from a seed (quick, mixed and slow statements, transactions with pauses, short
        sessions: 28 sessions at a time, about 30 s) runs on a private server with `log_min_duration_statement = 0` and
        `log_disconnections = on`. The server's log is the truth: a line's time is the end of a statement, its time less
        the duration the start; a transaction lasts from the start of `BEGIN` to the end of `COMMIT` or `ROLLBACK` (or as
        long as a statement outside of a block), idleness in it from the end of one statement to the start of the next, a
        session as long as its last line says.

        The trackers sample `pg_stat_activity` in the test, at the interval given, and each episode that they report is
        compared with what ended, by the log, in the same session between the same two samples. What lasted longer than
        the interval must be there, once; “passed over” are those that no sample has met, since a tick was late on a busy
        machine (the longest gap says how late), or since a session was in the log, but not let in yet. `poolscope serve`
        runs beside it; what it publishes is compared with the same log, and with pg_stat_statements where the server has
        it.

        To measure anew: `UPDATE_ACCURACY=1 swift test --filter 'GroundTruth|PoolWaitTests'`.
        """

    private var episodes: String {
        let rows = measurements.flatMap { measurement in
            measurement.comparisons.map { each in
                name(measurement) + [
                    seconds(measurement.longestGap), each.kind.rawValue.replacing("_", with: " "), "\(each.count)",
                    "\(each.longCount)",
                    "\(each.missing.count)", "\(each.passedOver)", "\(each.surplus.count)", "\(each.shortSeen)",
                    "\(each.exactErrors.count)", milliseconds(each.exactErrors.map(abs).max()),
                ]
            }
        }
        return
            "Of what lasted longer than the interval none is missing, and nothing is counted twice. Where the end\n"
            + "is exact the duration is off by at most 50 ms.\n\n"
            + table(
                headings + [
                    "longest gap", "kind", "in the log", "longer than the interval", "missing", "passed over", "twice",
                    "shorter, yet seen", "exact ends", "off by at most",
                ], rows)
    }

    private var estimates: String {
        let rows = measurements.flatMap { measurement in
            measurement.comparisons.map { each in
                let errors = each.estimatedErrors.map(abs).sorted()
                return name(measurement) + [
                    each.kind.rawValue.replacing("_", with: " "), "\(errors.count)",
                    milliseconds(mean(each.estimatedErrors)),
                    milliseconds(quantile(0.5, of: errors)), milliseconds(quantile(0.95, of: errors)),
                    milliseconds(errors.last),
                ]
            }
        }
        return
            "Where newer work has overwritten the end, it lies between two samples. The estimate is off by less than\n"
            + "the gap between them.\n\n"
            + table(
                headings + [
                    "kind", "estimated ends", "mean error", "median of its size", "95th percentile", "off by at most",
                ], rows)
    }

    private var totals: String {
        let rows = measurements.map { measurement in
            name(measurement) + [
                measurement.source, "\(measurement.statements.all)", number(measurement.published.count),
                number(measurement.statistics?.count), seconds(measurement.published.seconds),
                measurement.statistics.map { seconds($0.seconds) } ?? "–",
            ]
        }
        return
            "A reconciled histogram has the count and the sum of pg_stat_statements a few samples later (at times\n"
            + "one short statement more, on a busy machine); a sampled one lacks most of the short statements, and says so.\n\n"
            + table(
                headings + [
                    "source", "in the log", "count", "of pg_stat_statements", "sum", "of pg_stat_statements",
                ], rows)
    }

    private var percentiles: String {
        let rows = measurements.map { measurement in
            name(measurement) + [measurement.source, "\(measurement.population)"]
                + [0.95, 0.99].flatMap { quantile -> [String] in
                    let found = measurement.histogram.bucket(of: quantile, among: measurement.population)
                    return [bound(found?.published), bound(found?.true)]
                }
        }
        return "The upper bound, in seconds, of the bucket in which a percentile lies. Of a sampled histogram the\n"
            + "percentiles are those of the statements that lasted longer than the interval.\n\n"
            + table(
                headings + ["source", "of statements", "p95", "p95 of the log", "p99", "p99 of the log"], rows)
    }

    private let headings = ["PostgreSQL", "seed", "interval"]

    private func name(_ measurement: GroundTruthMeasurement) -> [String] {
        let setting = measurement.setting
        return [
            "\(measurement.serverVersion.prefix { $0 != " " })", "\(setting.seed)",
            seconds(setting.interval / .seconds(1)),
        ]
    }
}

extension AccuracyReport {
    private func table(_ headings: [String], _ rows: [[String]]) -> String {
        let lines = [headings, headings.map { _ in "---" }] + rows
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    private func seconds(_ value: Double) -> String { String(format: "%.3f s", value) }

    private func milliseconds(_ value: Double?) -> String { value.map { String(format: "%.1f ms", $0 * 1_000) } ?? "–" }

    private func number(_ value: Double?) -> String { value.map { String(format: "%.0f", $0) } ?? "–" }

    private func bound(_ value: Double?) -> String { value.map { "\($0)" } ?? "–" }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private func quantile(_ quantile: Double, of sorted: [Double]) -> Double? {
        sorted.isEmpty ? nil : sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))]
    }
}
