/// How far a measured size can be trusted, and why no further.
package struct SizeConfidence: Sendable, Equatable {
    package enum Level: String, Sendable, Codable, Comparable {
        case low, medium, high

        package static func < (lhs: Self, rhs: Self) -> Bool { lhs.rank < rhs.rank }

        private var rank: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            }
        }
    }

    package private(set) var level = Level.high
    package private(set) var reasons: [String] = []

    /// Lowers the level to at most `level`.
    package mutating func lower(to level: Level, because reason: String) {
        self.level = min(self.level, level)
        reasons.append(reason)
    }
}

extension SizeConfidence {
    /// Fewer arrivals than this say little, and fewer than ten times as many are no certainty.
    private static let fewArrivals = 100.0
    /// Seconds.
    private static let shortWindow = 10.0
    private static let goodWindow = 300.0
    /// The share of looks with waiting clients from which the pool, not the clients, sets the pace.
    private static let throttled = 0.1

    /// Of the formula alone: a rule of thumb.
    package static var ofFormula: SizeConfidence {
        var confidence = SizeConfidence()
        confidence.lower(
            to: .low, because: "the formula knows the machine and not the load: measure with --pgbouncer or --postgres")
        return confidence
    }

    package init(of load: LoadMeasurement) {
        guard load.origin != .given else {
            lower(to: .medium, because: "arrival rate and service time were given, not measured")
            return
        }
        judgeWindow(load)
        judgeVariation(load)
        if load.waitingShare >= Self.throttled {
            lower(
                to: .low,
                because:
                    "clients waited at \(SizeText.percent(load.waitingShare)) of the looks: the pool held them back, "
                    + "and how much they would do with a larger one cannot be seen; enlarge it and measure again")
        }
        if load.resets > 0 {
            lower(
                to: .low, because: "the counters of \(SizeText.count(load.resets, "database")) began anew meanwhile")
        }
        judgeSource(load)
    }

    private mutating func judgeWindow(_ load: LoadMeasurement) {
        let window = SizeText.duration(load.window)
        if load.window < Self.shortWindow {
            lower(to: .low, because: "only \(window) were watched")
        } else if load.window < Self.goodWindow {
            lower(to: .medium, because: "\(window) were watched: measure at the busiest time of the day, and longer")
        }
        guard let arrivals = load.arrivals else { return }
        if arrivals < Self.fewArrivals {
            lower(to: .low, because: "only \(SizeText.count(arrivals, load.holder.rawValue)) came in that time")
        } else if arrivals < 10 * Self.fewArrivals {
            lower(to: .medium, because: "\(SizeText.count(arrivals, load.holder.rawValue)) are not many")
        }
    }

    private mutating func judgeVariation(_ load: LoadMeasurement) {
        guard let error = load.relativeError else { return lower(to: .low, because: "there were too few looks") }
        let spread = "the load differed between parts of that time: it is good to ±\(SizeText.percent(2 * error))"
        if error > 0.25 {
            lower(to: .low, because: spread)
        } else if error > 0.1 {
            lower(to: .medium, because: spread)
        }
    }

    private mutating func judgeSource(_ load: LoadMeasurement) {
        switch (load.origin, load.holder) {
        case (.pgbouncer, .session):
            lower(
                to: .medium,
                because:
                    "in session mode a client holds a connection for as long as it likes: the load is what the looks "
                    + "saw in use")
        case (_, _) where load.isSampled:
            lower(
                to: .medium,
                because:
                    "the load is what \(load.readings) looks saw in use: the counters do not tell it, or not all of "
                    + "it, as transactions that have not ended are in none")
        case (.postgres, _):
            lower(
                to: .medium,
                because: "a server counts the work of everybody, Poolscope's few statements and those of autovacuum "
                    + "included")
        case (.pgbouncer, _), (.given, _): break
        }
    }
}
