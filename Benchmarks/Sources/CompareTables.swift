/// What `CompareBenchmark` found, as tables in Markdown.
enum CompareTables {
    typealias Row = CompareBenchmark.Row
    typealias Subject = CompareBenchmark.Subject

    static func print(_ rows: [Row]) {
        title("A scrape, p50 (p99):")
        table(
            [
                "connections", "Poolscope, first after a sample", "Poolscope, the next", "constant bytes",
                "the same, in a row", "postgres_exporter", "exporter ÷ first", "exporter ÷ next", "first ÷ constant",
                "next ÷ constant, in a row",
            ], rows.map(latency))
        title("The same of the pooler's page:")
        table(
            [
                "clients", "Poolscope, first after a sample", "Poolscope, the next", "pgbouncer_exporter",
                "exporter ÷ first", "exporter ÷ next",
            ], rows.map(poolerLatency))
        title("CPU of one look at PostgreSQL, server + program, mean (lowest to highest part, both together):")
        table(
            [
                "connections", "floor: the view", "floor: the function", "Poolscope, a sample",
                "postgres_exporter, a scrape", "Poolscope ÷ view", "÷ function", "exporter ÷ Poolscope",
            ], rows.map(look))
        title("CPU of one look at PgBouncer, server + program:")
        table(
            ["clients", "Poolscope, a sample", "pgbouncer_exporter, a scrape", "exporter ÷ Poolscope"],
            rows.map(poolerLook))
        title("CPU of an answer, the program alone:")
        table(
            ["connections", "Poolscope, first after a sample", "the pooler's page", "constant bytes", "bytes sent"],
            rows.map(answer))
        title("Memory, private (resident):")
        table(
            [
                "connections", "Poolscope, both targets", "postgres_exporter", "pgbouncer_exporter",
                "both exporters ÷ Poolscope, private", "resident",
            ], rows.map(memory))
        title("CPU of a second, servers + programs, with three Prometheus servers that scrape every 15 s:")
        table(
            [
                "connections", "postgres_exporter", "Poolscope, a sample every second", "ratio", "both exporters",
                "Poolscope, both targets, as shipped", "ratio",
            ], rows.map(second))
    }

    // MARK: - Rows

    private static func latency(_ row: Row) -> [String] {
        let (ours, floor, peer) = (row.postgres, row.constant, row.postgresExporter)
        return [
            "\(row.size)", quantiles(ours.scrapes), quantiles(ours.repeats), quantiles(floor.scrapes),
            quantiles(floor.repeats), quantiles(peer.scrapes), ratio(peer.scrapes.median, ours.scrapes.median),
            ratio(peer.scrapes.median, ours.repeats.median), ratio(ours.scrapes.median, floor.scrapes.median),
            ratio(ours.repeats.median, floor.repeats.median),
        ]
    }

    private static func poolerLatency(_ row: Row) -> [String] {
        let (ours, peer) = (row.pgbouncer, row.pgbouncerExporter)
        return [
            "\(row.size)", quantiles(ours.scrapes), quantiles(ours.repeats), quantiles(peer.scrapes),
            ratio(peer.scrapes.median, ours.scrapes.median), ratio(peer.scrapes.median, ours.repeats.median),
        ]
    }

    private static func look(_ row: Row) -> [String] {
        let floors = row.floors.map { milliseconds($0.server) + " + " + milliseconds($0.own) + " ms" }
        let ours = cpu(row.postgres)
        return ["\(row.size)"] + floors + [spread(row.postgres), spread(row.postgresExporter)]
            + row.floors.map { ratio(ours, $0.server + $0.own) } + [ratio(cpu(row.postgresExporter), ours)]
    }

    private static func poolerLook(_ row: Row) -> [String] {
        [
            "\(row.size)", spread(row.pgbouncer), spread(row.pgbouncerExporter),
            ratio(cpu(row.pgbouncerExporter), cpu(row.pgbouncer)),
        ]
    }

    private static func answer(_ row: Row) -> [String] {
        [
            "\(row.size)", milliseconds(row.postgres.answering.mean) + " ms",
            milliseconds(row.pgbouncer.answering.mean) + " ms", milliseconds(row.constant.answering.mean) + " ms",
            "\(row.postgres.bytes)",
        ]
    }

    private static func memory(_ row: Row) -> [String] {
        let (ours, first, second) = (row.shipped.memory, row.postgresExporter.memory, row.pgbouncerExporter.memory)
        return ["\(row.size)"] + [ours, first, second].map { "\(mebibytes($0.own)) (\(mebibytes($0.resident))) MiB" }
            + [ratio(first.own + second.own, ours.own), ratio(first.resident + second.resident, ours.resident)]
    }

    /// A sample every second, and what three scrapes every 15 seconds add to it; an exporter has the scrapes only.
    private static func second(_ row: Row) -> [String] {
        let scrapes = 3.0 / 15
        let peer = cpu(row.postgresExporter) * scrapes
        let ours = cpu(row.postgres) + max(0, row.postgres.answering.mean) * scrapes
        let peers = peer + cpu(row.pgbouncerExporter) * scrapes
        let answers = max(0, row.postgres.answering.mean) + max(0, row.pgbouncer.answering.mean)
        let shipped = cpu(row.shipped) + answers * scrapes
        return [
            "\(row.size)", milliseconds(peer) + " ms", milliseconds(ours) + " ms", ratio(peer, ours),
            milliseconds(peers) + " ms", milliseconds(shipped) + " ms", ratio(peers, shipped),
        ]
    }

    // MARK: - Cells

    private static func cpu(_ subject: Subject) -> Double { subject.own.mean + subject.server.mean }

    private static func spread(_ subject: Subject) -> String {
        let both = zip(subject.server.all, subject.own.all).map { $0 + $1 }
        let range = "\(milliseconds(both.min() ?? .nan)) to \(milliseconds(both.max() ?? .nan))"
        return "\(milliseconds(subject.server.mean)) + \(milliseconds(subject.own.mean)) ms (\(range))"
    }

    private static func quantiles(_ figures: Figures) -> String {
        "\(milliseconds(figures.median)) (\(milliseconds(figures.quantile(0.99)))) ms"
    }

    private static func ratio(_ dividend: Double, _ divisor: Double) -> String { two(dividend / divisor) + " ×" }
    private static func milliseconds(_ seconds: Double) -> String { two(seconds * 1e3) }
    private static func mebibytes(_ bytes: Double) -> String { two(bytes / 1_048_576) }

    /// Two significant digits, three from 100 on: more would only seem exact.
    private static func two(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 99.5 else { return Text.number(value.rounded()) }
        var (scaled, factor) = (value.magnitude, 1.0)
        guard scaled > 1e-9 else { return "0" }
        while scaled < 9.95 { (scaled, factor) = (scaled * 10, factor * 10) }
        return Text.number((value * factor).rounded() / factor)
    }

    private static func title(_ text: String) { Swift.print("\n" + text + "\n") }

    private static func table(_ head: [String], _ rows: [[String]]) {
        for line in [head, head.map { _ in "---" }] + rows { Swift.print("| " + line.joined(separator: " | ") + " |") }
    }
}
