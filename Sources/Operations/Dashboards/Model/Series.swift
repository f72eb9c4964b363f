/// The series of one family that the variables of a dashboard select: the one place where a variable becomes a matcher.
///
/// As text it is the selector itself, for use inside an expression.
package struct Series: CustomStringConvertible, Sendable {
    let family: String
    let matchers: [String]

    package var description: String { "\(family){\(matchers.joined(separator: ", "))}" }

    /// Of the pages of the chosen jobs: what Poolscope says of itself carries no target.
    static func page(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: [#"job=~"$job""#] + matchers)
    }

    /// Alerts. Some are about a page or a cluster, without a target.
    static func alerts(_ matchers: String...) -> Series {
        Series(family: "ALERTS", matchers: [#"job=~"$job|""#, #"target=~"$target|""#] + matchers)
    }

    /// Of the chosen targets.
    static func target(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + matchers)
    }

    /// Of the chosen pools.
    static func pool(_ family: String, _ matchers: String...) -> Series {
        let own = [#"pooler=~"$pooler""#, #"database=~"$database""#, #"user=~"$user""#]
        return Series(family: family, matchers: chosen + own + matchers)
    }

    /// Of the chosen pools, and of what is above them: limits and counters of a database, or of the pooler as a whole.
    static func poolAndAbove(_ family: String, _ matchers: String...) -> Series {
        let own = [#"pooler=~"$pooler""#, #"database=~"$database|""#, #"user=~"$user|""#]
        return Series(family: family, matchers: chosen + own + matchers)
    }

    /// Of PgBouncer's chosen databases and users, under the names of pgbouncer_exporter.
    static func bouncer(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + [#"database=~"$database""#, #"user=~"$user""#] + matchers)
    }

    /// Of PgBouncer's chosen databases.
    static func bouncerDatabase(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + [#"database=~"$database""#] + matchers)
    }

    /// Of PgBouncer's chosen databases, in SHOW DATABASES, where `name` is what clients ask for.
    static func bouncerConfiguration(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + [#"name=~"$database""#] + matchers)
    }

    /// Of the chosen databases of servers.
    static func database(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + [#"datname=~"$database""#] + matchers)
    }

    /// Of sessions: of the chosen databases and users of servers.
    static func session(_ family: String, _ matchers: String...) -> Series {
        Series(family: family, matchers: chosen + [#"datname=~"$database""#, #"usename=~"$user""#] + matchers)
    }

    /// How much a counter grows each second.
    ///
    /// - Parameter window: Grafana's own unless the panel says why not.
    func rate(_ window: String = Series.grafanaWindow) -> String { "rate(\(self)[\(window)])" }

    /// By how much a counter has grown.
    func increase(_ window: String = Series.grafanaWindow) -> String { "increase(\(self)[\(window)])" }

    /// Long enough for four scrapes at any zoom.
    static let grafanaWindow = "$__rate_interval"

    /// The whole time range, for numbers and tables about all of it.
    static let wholeRange = "$__range"

    private static let chosen = [#"job=~"$job""#, #"target=~"$target""#]
}

/// The quantile of a histogram since the last look.
///
/// - Parameters:
///   - labels: What to tell apart.
///   - buckets: The series of the buckets.
func quantile(_ quantile: Double, of buckets: Series, by labels: [String] = []) -> String {
    let kept = (["le"] + labels).joined(separator: ", ")
    return "histogram_quantile(\(quantile), sum by (\(kept)) (\(buckets.rate())))"
}
