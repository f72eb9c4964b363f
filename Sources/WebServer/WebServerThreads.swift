/// The threads of one listen address.
package enum WebServerThreads: Sendable, Hashable {
    /// One for all connections: while a handler runs, nobody else is served.
    case one
    /// So many, from 2 to 64, each with a share of the connections; the limit of all is divided among them.
    case pool(Int)
    /// One for each connection, and one that accepts.
    case perConnection
}
