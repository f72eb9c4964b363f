/// The settings of pools that do not follow from a measurement: the practice of docs/connection-management.md. Times in
/// seconds.
package enum PoolPractice {
    /// After which an application's pool closes a connection that nobody uses.
    package static let idleTimeout = 30
    /// After which an application gives up getting a connection.
    package static let connectTimeout = 2
    /// After which a connection is replaced, so that no server is kept by one for ever.
    package static let lifetime = 1_800
    /// How often an idle connection is tried.
    package static let keepAlive = 60
    /// Connections that are kept open.
    package static let warm = 2
    /// Of a web role.
    package static let statementTimeout = 30
    package static let idleInTransactionTimeout = 60
    package static let lockTimeout = 5
    /// Slots of a server that pools leave to people, migrations and monitoring.
    package static let spareSlots = 10

    package enum Bouncer {
        package static let clients = 1_000
        /// After which a waiting client is sent away.
        package static let queryWait = 30
        package static let reserve = 5
        /// After which a waiting client gets a connection of the reserve.
        package static let reserveTimeout = 3
    }
}
