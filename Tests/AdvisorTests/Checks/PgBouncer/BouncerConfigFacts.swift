import Observations
import Testing

@testable import Advisor

extension SampleFacts {
    /// The good pooler with other settings; nil takes one away.
    static func bouncer(
        config: [String: String?], _ change: (inout BouncerFacts) -> Void = { _ in }
    ) -> CheckFacts {
        bouncer { bouncer in
            bouncer.config.change { settings in
                for (key, value) in config { settings.values[key] = value }
            }
            change(&bouncer)
        }
    }

    /// The good pooler's only pool with other numbers and another history.
    static func changePool(
        _ bouncer: inout BouncerFacts, mode: String = "transaction", numbers: [String: Double] = [:],
        _ history: (inout PoolHistory) -> Void = { _ in }
    ) {
        bouncer.pools.change { pools in
            pools[0].poolMode = mode
            pools[0].numbers.merge(numbers) { $1 }
        }
        bouncer.history.change { history(&$0.pools[0]) }
    }

    /// So many clients of the pool that hold a connection, of which some have asked nothing for 20 s.
    static func changeHolders(_ bouncer: inout BouncerFacts, working: Int, idle: Int) {
        let now: Int64 = 1_000
        let clients = (0..<(working + idle)).map { index -> PgBouncerClient in
            let isIdle = index >= working
            let requestedAt = PgBouncerTime(localSeconds: isIdle ? now - 20 : now - 1)
            return PgBouncerClient(
                database: "shop", user: "login", state: "active", requestedAt: requestedAt, wait: isIdle ? 0 : 0.5,
                pointer: UInt64(100 + index), link: UInt64(500 + index))
        }
        bouncer.clients = .known(clients)
        let servers = (0..<(working + idle)).map { index -> PgBouncerServer in
            let pointers = (own: UInt64(500 + index), client: UInt64(100 + index))
            return PgBouncerServer(
                database: "shop", user: "web", state: "active", requestedAt: PgBouncerTime(localSeconds: now),
                closeNeeded: false, pointer: pointers.own, link: pointers.client, remotePID: Int32(700 + index))
        }
        bouncer.servers = .known(servers)
    }
}

extension CheckOutcome {
    var severities: [CheckSeverity] { findings.map(\.severity) }
    var subjects: [String] { findings.map(\.subject) }
}
