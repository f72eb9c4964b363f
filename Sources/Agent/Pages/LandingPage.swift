import Observations

/// The page at `/`: links, version, and the state of every target. No script, no outside assets, no secrets.
enum LandingPage {
    static func html(version: String, statuses: [TargetStatus]) -> String {
        let rows = statuses.map { status in
            """
            <tr><td>\(escape(status.profile.name))</td><td>\(status.profile.kind.rawValue)</td>\
            <td>\(escape(status.version))</td>\
            <td class="\(status.state == .up ? "up" : "down")">\(status.state.rawValue)</td>\
            <td>\(escape(status.sentence ?? ""))</td></tr>
            """
        }
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Poolscope</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
            body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; width: 100%; }
            th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
            .up { color: #1a7f37; } .down { color: #cf222e; font-weight: bold; }
            </style></head><body>
            <h1>Poolscope</h1>
            <p>PostgreSQL connections and connection pools, for Prometheus. Version \(escape(version)).</p>
            <ul>
            <li><a href="/metrics">/metrics</a>: the metrics, as text, as OpenMetrics, or as protobuf with native histograms,
            by what the client accepts</li>
            <li><a href="/-/healthy">/-/healthy</a>: the agent runs</li>
            <li><a href="/-/ready">/-/ready</a>: every target has been tried</li>
            </ul>
            <h2>Targets</h2>
            <table><thead><tr><th>target</th><th>kind</th><th>version</th><th>state</th><th>why</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            </body></html>

            """
    }

    static func escape(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
