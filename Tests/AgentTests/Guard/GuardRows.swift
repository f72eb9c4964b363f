import Observations
import Sessions

@testable import Agent

/// Seconds of a server's clock.
func serverTime(_ seconds: Double) -> ServerTime { ServerTime(microseconds: Int64((seconds * 1_000_000).rounded())) }

/// A session of `app` in `shop` that has been at it since a second of the server's clock, and began 100 s before.
func guardRow(
    _ pid: Int32, _ state: BackendState? = .idleInTransaction, since: Double = 0, application: String = "web",
    user: String? = "app", database: String? = "shop", type: String? = "client backend", isSelf: Bool = false,
    started: Double = -100
) -> ActivityRow {
    ActivityRow(
        pid: pid, backendStart: serverTime(started), transactionStart: serverTime(since), queryStart: serverTime(since),
        stateChange: serverTime(since), state: state, database: database, user: user, applicationName: application,
        backendType: type, isSelf: isSelf, clientAddress: "10.0.0.7", clientPort: 40_000 + pid)
}

func guardPolicy(
    _ name: String = "policy", _ trigger: GuardPolicy.Trigger = .idleInTransaction, over seconds: Double = 10,
    _ action: SessionAction = .terminate, mode: GuardMode? = nil, _ change: (inout GuardPolicy) -> Void = { _ in }
) -> GuardPolicy {
    var policy = GuardPolicy(name: name, trigger: trigger, longerThan: seconds, action: action, mode: mode)
    change(&policy)
    return policy
}

/// A guard under test: samples of the same server, one after another. The guard's own clock is the server's.
struct GuardedServer {
    var watch: GuardWatch
    var superusers: Set<String> = ["postgres"]
    var links = PoolerLinks.none

    init(_ policies: GuardPolicy..., mode: GuardMode = .enforce, rateLimit: Int = 5, target: String = "main") {
        var settings = GuardSettings()
        settings.mode = mode
        settings.policies = policies
        settings.rateLimit = rateLimit
        watch = GuardWatch(settings, target: target)
    }

    /// A sample at a second, in which the guard's own session is, too.
    mutating func see(_ second: Double, _ rows: ActivityRow...) -> GuardDecision { see(second, rows) }

    mutating func see(_ second: Double, _ rows: [ActivityRow]) -> GuardDecision {
        let own = guardRow(1, .active, since: second, application: "poolscope", user: "poolscope", isSelf: true)
        return watch.observe(
            ActivitySample(sampledAt: serverTime(second), rows: [own] + rows), superusers: superusers, links: links,
            at: second)
    }

    mutating func conclude(_ decision: GuardDecision, _ outcome: ActionOutcome?, at second: Double) {
        for action in decision.actions { watch.conclude(action, outcome, at: second) }
    }
}

extension GuardDecision {
    /// `terminate 7`, in order.
    var words: [String] { actions.map { "\($0.action.rawValue) \($0.row.pid)" } }
    var heldBackWords: [String] { heldBack.map { "\($0.action.rawValue) \($0.row.pid)" } }
    /// `policy superuser`: how many.
    var sparedWords: [String: Int] {
        spared.reduce(into: [:]) { $0["\($1.key.policy) \($1.key.reason.word)"] = $1.value }
    }
}
