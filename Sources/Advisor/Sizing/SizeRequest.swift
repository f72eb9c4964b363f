import Practice

/// What is asked of the sizing, beyond what was measured.
package struct SizeRequest: Sendable, Equatable {
    /// Nil where the cores of the server are not known: SQL does not show them.
    package var formula: SizingFormula?
    /// The share of transactions that may wait for a connection.
    package var waitProbability: Double
    /// Poolers, or application processes with a pool of their own, that share the server evenly.
    package var poolers: Int
    /// Pools within each of them (one for each database and user); nil: as many as were seen, or 1.
    package var pools: Int?

    package static let defaultWaitProbability = 0.05
    package static let countBounds = 1...10_000
    /// A pool of one stands still behind a single slow transaction.
    package static let leastPool = 2

    package init(
        formula: SizingFormula? = nil, waitProbability: Double = Self.defaultWaitProbability, poolers: Int = 1,
        pools: Int? = nil
    ) {
        self.formula = formula
        self.waitProbability = waitProbability
        self.poolers = poolers
        self.pools = pools
    }
}

/// The server's connection slots, as far as pools may have them.
package struct SlotBudget: Sendable, Equatable {
    /// max_connections without the reserved ones.
    package let usable: Int
    /// What is left to people, migrations and monitoring.
    package var spare: Int { min(Self.usualSpare, usable / 2) }
    package var forPools: Int { usable - spare }

    package static let usualSpare = PoolPractice.spareSlots

    package init(usable: Int) {
        self.usable = usable
    }

    /// - Parameter settings: By name, as `pg_settings` has them.
    /// - Returns: Nil where the settings do not say.
    package init?(settings: [String: Double]) {
        guard let maximum = settings["max_connections"] else { return nil }
        let reserved = (settings["superuser_reserved_connections"] ?? 0) + (settings["reserved_connections"] ?? 0)
        let usable = maximum - reserved
        guard usable.isFinite else { return nil }
        self.init(usable: Int(max(0, min(usable, 1_000_000))))
    }
}
