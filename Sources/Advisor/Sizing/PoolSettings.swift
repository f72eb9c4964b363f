import Practice

/// What the settings of a pool take from a report.
struct PoolSettings {
    let report: SizeReport

    init(_ report: SizeReport) {
        self.report = report
    }

    /// Of one pool; where there are several, of the largest.
    var size: Int { report.connections }

    /// Connections that are kept open.
    var minimum: Int { min(PoolPractice.warm, size) }

    /// Whether the application connects through a pooler that takes the connection away after each transaction.
    var isBehindPooler: Bool { report.measurement?.origin == .pgbouncer && !isSessionMode }

    var isSessionMode: Bool { report.measurement?.holder == .session }

    /// The database and role that were measured, if it was one, and its name can stand anywhere unquoted.
    var database: String { Self.plain(Set(report.pools.map(\.key.database))) ?? "app" }
    var role: String { Self.plain(Set(report.pools.map(\.key.user))) ?? "app" }

    /// Connections beyond the pool size for clients that have waited: no more than the slots leave.
    var reserve: Int {
        let wanted = min(PoolPractice.Bouncer.reserve, (size + 3) / 4)
        guard let slots = report.slots else { return wanted }
        let sizes = report.pools.reduce(0) { $0 + $1.connections }
        return max(0, min(wanted, (slots.forPools / report.request.poolers - sizes) / report.pools.count))
    }

    /// What stands above the settings: where they come from.
    func header(_ comment: String) -> [String] {
        var lines = [summary]
        lines += report.steps.filter { $0.kind == .formula || $0.kind == .need || $0.kind == .limit }.map {
            "  \($0.text)"
        }
        lines.append("Confidence: \(report.confidence.level.rawValue)")
        return lines.map { "\(comment) \($0)" }
    }

    /// The result in one sentence.
    var summary: String {
        let one = "Pool size: \(SizeText.count(size, "connection"))"
        let pools = report.pools.count * report.request.poolers
        guard pools > 1 else { return one }
        let each = Set(report.pools.map(\.connections)).count > 1 ? "for the largest" : "for each"
        return "\(one) \(each) of \(pools) pools, \(report.total) in all"
    }

    private static func plain(_ names: Set<String>) -> String? {
        guard names.count == 1, let name = names.first, name.utf8.count <= 63, let first = name.utf8.first,
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first), !reserved.contains(name)
        else { return nil }
        let isPlain = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_")
        }
        return isPlain ? name : nil
    }

    /// Words that SQL does not take for a role's or a database's name where no quotes are.
    private static let reserved: Set<String> = [
        "all", "any", "as", "both", "case", "current_role", "current_user", "default", "desc", "do", "else", "end",
        "for",
        "from", "grant", "group", "in", "limit", "none", "not", "null", "on", "only", "or", "order", "public", "select",
        "session_user", "table", "then", "to", "union", "user", "using", "when", "where", "with",
    ]
}
