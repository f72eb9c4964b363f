import Observations

/// Whether idle server connections are closed in time, and not at every pause.
enum ServerIdleTimeout: Check {
    static let id = "server-idle-timeout"
    static let group = CheckGroup.pgbouncer
    static let title = "Idle server connections are closed after a while"
    static let severity = CheckSeverity.info
    static let subjects = [TargetKind.pgbouncer]
    static let needs: [Fact] = [.config]
    static let explanation = """
        server_idle_timeout closes connections that nobody used for so long. With 0, or more than an hour, a burst's \
        connections keep their slots and their memory for hours, and firewalls may have dropped them by then; below \
        30 s every quiet moment costs log-ins, a warning below 5 s. min_pool_size keeps some warm all the same.
        """

    private static let longest = 3_600.0
    private static let shortest = 30.0

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let bouncer = try facts.bouncer.get()
        let timeout = try bouncer.setting("server_idle_timeout")
        if timeout >= shortest, timeout <= longest { return .passed(CheckText.seconds(timeout)) }
        let idle = (bouncer.pools.value ?? []).filter { $0.database != "pgbouncer" }.reduce(0) {
            $0 + ($1.numbers["sv_idle"] ?? 0) + ($1.numbers["sv_used"] ?? 0)
        }
        let message =
            timeout == 0
            ? "Idle server connections are never closed (server_idle_timeout 0)."
            : timeout > longest
                ? "Idle server connections are kept for \(CheckText.seconds(timeout))."
                : "Server connections are closed after \(CheckText.seconds(timeout)) without work, and opened anew."
        return .found([
            Finding(
                timeout > 0 && timeout < 5 ? .warning : severity, subject: "server_idle_timeout", message,
                evidence: [
                    Evidence("server_idle_timeout", timeout, .seconds), Evidence("idle_server_connections", idle),
                ], remedy: Remedy("Ten minutes suit most.").setting("server_idle_timeout = 600"))
        ])
    }
}
