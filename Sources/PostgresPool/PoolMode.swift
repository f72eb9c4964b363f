public import Postgres

/// What stands between a pool and the server, and thus what a connection may keep from one transaction to the next.
public enum PoolMode: String, Sendable, CaseIterable {
    /// The server itself.
    case direct
    /// A pooler that gives each of our connections a server connection of its own for as long as it lives.
    case sessionPooler
    /// A pooler that gives a server connection for one transaction: nothing set in one holds in the next, so statements
    /// that set up session state are refused, and time-outs are set inside of transactions.
    case transactionPooler

    /// What the connection string gives away; `direct` when it is nothing.
    ///
    /// PgBouncer's usual port 6432 and Supabase's 6543 mean a transaction pooler, which is the safe guess; Supabase's
    /// pooler on another port means a session pooler; Neon's hosts of the name `…-pooler` mean a transaction pooler. Of
    /// several hosts one is enough. What the environment or a service file says is not looked at, and a parameter such
    /// as `pgbouncer=true` is not one of libpq's: `ConnectionString` rejects it.
    public init(detecting server: ConnectionString) {
        func list(_ keyword: String) -> [Substring] { (server[keyword] ?? "").split(separator: ",") }
        let ports = list("port")
        let hosts = list("host").map { $0.lowercased() }
        let isSupabasePooler = hosts.contains { $0.hasSuffix(".pooler.supabase.com") }
        let isSupabase = isSupabasePooler || hosts.contains { $0.hasSuffix(".supabase.co") }
        let isNeonPooler = hosts.contains { host in
            host.hasSuffix(".neon.tech") && host.prefix { $0 != "." }.hasSuffix("-pooler")
        }
        if ports.contains("6432") || (isSupabase && ports.contains("6543")) || isNeonPooler {
            self = .transactionPooler
        } else {
            self = isSupabasePooler ? .sessionPooler : .direct
        }
    }
}
