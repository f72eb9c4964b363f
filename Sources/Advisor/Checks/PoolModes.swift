import Observations

/// The mode of each database's pools, as `SHOW POOLS` gives it with all defaults put in.
struct PoolModes {
    private var modes: [String: String] = [:]

    init(_ pools: [PgBouncerPool]) {
        for pool in pools { modes[pool.database] = pool.poolMode }
    }

    /// `session`, `transaction` or `statement`; nil for a database without a pool.
    subscript(database: String) -> String? { modes[database] }
}
