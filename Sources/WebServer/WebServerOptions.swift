/// The limits of a server. Each holds for each listen address.
package struct WebServerOptions: Sendable {
    /// Open connections; further ones are closed at once. Default 256, at least 1.
    package let connectionLimit: Int
    /// Open connections from one client address; further ones are closed at once. Default 128: half of the limit, so
    /// that no one client shuts out the others. 0 means unlimited.
    package let connectionsPerAddress: Int
    /// A connection on which no byte moves for so long is closed, be it idle, half-way through a request or not
    /// reading its reply. Default 15 s, at least 1 s; rounded up to whole seconds.
    package let idleTimeout: Duration
    /// Bytes for one connection: its request line, headers and buffers. Larger requests get 414 or 431. Default
    /// 32 KiB, at least 4 KiB.
    package let memoryPerConnection: Int
    /// Which threads run the handlers.
    package let threads: WebServerThreads

    package init(
        connectionLimit: Int = 256, connectionsPerAddress: Int = 128, idleTimeout: Duration = .seconds(15),
        memoryPerConnection: Int = 32 * 1024, threads: WebServerThreads = .one
    ) {
        precondition((1...65_535).contains(connectionLimit), "connectionLimit is from 1 to 65535")
        precondition((0...65_535).contains(connectionsPerAddress), "connectionsPerAddress is from 0 to 65535")
        precondition((.seconds(1) ... .seconds(3600)).contains(idleTimeout), "idleTimeout is from 1 s to 1 h")
        precondition((4096...1_048_576).contains(memoryPerConnection), "memoryPerConnection is from 4 KiB to 1 MiB")
        if case .pool(let size) = threads { precondition((2...64).contains(size), "a pool has from 2 to 64 threads") }
        self.connectionLimit = connectionLimit
        self.connectionsPerAddress = connectionsPerAddress
        self.idleTimeout = idleTimeout
        self.memoryPerConnection = memoryPerConnection
        self.threads = threads
    }

    /// The idle timeout as MHD takes it.
    var idleTimeoutSeconds: Int {
        let (seconds, attoseconds) = idleTimeout.components
        return Int(seconds) + (attoseconds > 0 ? 1 : 0)
    }
}
