/// The size of one pool.
package struct PoolSize: Sendable, Equatable {
    package let key: PoolKey
    /// What the load needs: the fewest connections with which few enough wait; nil without a measurement.
    package let needed: WaitingLine?
    /// What is recommended, the limits of the server included.
    package let connections: Int
    /// The queue before the recommended size; nil without a measurement.
    package let line: WaitingLine?
}
