import Operations
import Practice

/// The page at `/`: whole without a script, which only renews it. No query text, no outside asset; sessions only where the
/// report has them.
enum StatusPage {
    static func html(_ report: StatusReport) -> String {
        let version = StatusText.escape(report.version)
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>\(title(report))</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="/status.svg" type="image/svg+xml">
            <link rel="stylesheet" href="/status.css">
            <script src="/status.js" defer></script>
            </head>
            <body>
            <a class="skip" href="#now">Skip to what is wrong now</a>
            <header>
            <h1>Poolscope</h1>
            <p>PostgreSQL connections and connection pools. Version \(version).</p>
            <p id="freshness">As of <time datetime="\(isoTime(report.time))">\(clock(report.time))</time> \
            UTC.</p>
            <noscript><p>Without JavaScript this page does not renew itself: reload it for newer figures.</p></noscript>
            <p id="announcement" class="quiet" role="status"></p>
            </header>
            <main id="main">
            \(sections(report).joined(separator: "\n"))
            </main>
            <footer>
            <nav aria-label="Other pages">
            <a href="/metrics">/metrics</a>
            <a href="/api/v1/status">/api/v1/status</a>
            <a href="/-/healthy">/-/healthy</a>
            <a href="/-/ready">/-/ready</a>
            </nav>
            </footer>
            </body>
            </html>

            """
    }

    /// What is wrong comes first, also in the title of a browser's tab.
    private static func title(_ report: StatusReport) -> String {
        let troubles = report.troubles.count
        return troubles == 0 ? "Poolscope: all well" : "Poolscope: \(StatusText.count(Double(troubles), "problem"))"
    }

    private static func sections(_ report: StatusReport) -> [String] {
        [now(report), pools(report), databases(report), sessions(report), findings(report), targets(report)]
            .filter { !$0.isEmpty }
    }

    private static func now(_ report: StatusReport) -> String {
        let items = report.troubles.map { trouble in
            "<li class=\"\(trouble.level.rawValue)\"><strong>\(trouble.level.word)</strong> "
                + "\(StatusText.escape(trouble.sentence))</li>"
        }
        let body =
            items.isEmpty
            ? "<p class=\"fine\">Nobody waits for a connection or a lock, and every target answers.</p>"
            : "<ul class=\"troubles\">\n\(items.joined(separator: "\n"))\n</ul>"
        return "<section id=\"now\" aria-labelledby=\"now-title\" tabindex=\"-1\">\n"
            + "<h2 id=\"now-title\">Now</h2>\n\(body)\n</section>"
    }

    private static func pools(_ report: StatusReport) -> String {
        let rows = report.pools.map { pool in
            StatusTable.Row(
                name: pool.title,
                cells: [
                    .level(pool.saturation.map(StatusText.percent) ?? "", pool.saturationLevel),
                    .level(StatusText.count(pool.waitingClients), pool.waitingClients > 0 ? .warning : .fine),
                    .level(
                        pool.waitingClients > 0 ? StatusText.duration(pool.oldestWaitSeconds) : "", pool.waitLevel),
                    .text(pool.exhaustionSeconds.map { $0 > 0 ? StatusText.duration($0) : "now" } ?? ""),
                    .text(connections(pool)),
                    .markup(Sparkline.svg(pool.recentSaturation)),
                    .text(pool.pooler),
                ])
        }
        return StatusTable(
            id: "pools", title: "Pools",
            columns: ["Pool", "In use", "Waiting", "First waits", "Full in", "Busy", "Last 10 min", "Kind"], rows: rows,
            omitted: report.omitted.pools, ifEmpty: "No pool is known yet."
        ).html
    }

    private static func databases(_ report: StatusReport) -> String {
        let rows = report.databases.map { database in
            StatusTable.Row(
                name: database.title,
                cells: [
                    .level(
                        age(database.oldestTransactionSeconds),
                        .of(
                            database.oldestTransactionSeconds, warning: Thresholds.Transaction.warning,
                            critical: Thresholds.Transaction.critical)),
                    .text(age(database.oldestQuerySeconds)),
                    .level(
                        age(database.oldestIdleInTransactionSeconds),
                        .of(
                            database.oldestIdleInTransactionSeconds, warning: Thresholds.IdleInTransaction.warning,
                            critical: Thresholds.IdleInTransaction.critical)),
                    .level(
                        database.blockedSessions.map(StatusText.count) ?? "",
                        .of(
                            database.blockedSessions, warning: 1, critical: Thresholds.Blocked.sessionsCritical)),
                    .text(
                        (database.blockedSessions ?? 0) > 0 ? age(database.longestBlockSeconds) : ""),
                    .level(
                        database.leakedConnections.map(StatusText.count) ?? "",
                        .of(database.leakedConnections, warning: 1, critical: .infinity)),
                ])
        }
        return rows.isEmpty
            ? ""
            : StatusTable(
                id: "databases", title: "Oldest transactions",
                columns: [
                    "Database", "Transaction", "Statement", "Idle in transaction", "Blocked", "Blocked for", "Leaked",
                ], rows: rows, omitted: report.omitted.databases, ifEmpty: ""
            ).html
    }

    private static func findings(_ report: StatusReport) -> String {
        let rows = report.findings.map { finding in
            StatusTable.Row(
                name: finding.check,
                cells: [
                    .text(finding.target), .level(finding.severity, .init(severity: finding.severity)),
                    .text(StatusText.count(finding.count)),
                ])
        }
        return rows.isEmpty
            ? ""
            : StatusTable(
                id: "findings", title: "Findings of the checks", columns: ["Check", "Target", "Severity", "Findings"],
                rows: rows, omitted: report.omitted.findings, ifEmpty: ""
            ).html
    }

    private static func targets(_ report: StatusReport) -> String {
        let rows = report.targets.map { target in
            StatusTable.Row(
                name: target.name,
                cells: [
                    .text(target.kind), .text(target.cluster ?? ""), .text(target.serverVersion ?? ""),
                    .level(target.state, target.isUp ? .fine : .critical),
                    .text(target.sampleAgeSeconds.map { StatusText.duration($0) + " ago" } ?? ""),
                    .text(target.reason ?? ""),
                ])
        }
        return StatusTable(
            id: "targets", title: "Targets",
            columns: ["Target", "Kind", "Cluster", "Version", "State", "Last sample", "Why"], rows: rows,
            omitted: report.omitted.targets, ifEmpty: "No target is configured."
        ).html
    }

    private static func connections(_ pool: StatusReport.Pool) -> String {
        guard let busy = pool.busy else { return "" }
        return StatusText.count(busy) + (pool.size.map { " of \(StatusText.count($0))" } ?? "")
    }

    private static func age(_ seconds: Double?) -> String {
        seconds.map { $0 > 0 ? StatusText.duration($0) : "none" } ?? ""
    }
}
