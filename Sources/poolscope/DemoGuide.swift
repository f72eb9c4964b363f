import Demo
import WebServer

/// What the demo tells people: where to look, and at what.
enum DemoGuide {
    static func text(address: ListenAddress, endpoints: DemoEndpoints) -> String {
        """
        Poolscope watches a private PostgreSQL (port \(endpoints.postgresPort)) and PgBouncer (port \
        \(endpoints.pgbouncerPort)), in \(endpoints.directory).

          http://\(address)/          what is wrong now: pools, waits, transactions, targets
          http://\(address)/metrics   what Prometheus scrapes

        Things to look at, as the seasons change (a cycle takes \(Schedule.cycle.components.seconds) s):
          slow                 poolscope_query_duration_seconds, poolscope_oldest_query_seconds
          exhausted            poolscope_pool_saturation_ratio, poolscope_pool_waiting_clients,
                               poolscope_pool_oldest_wait_seconds
          idle-in-transaction  poolscope_oldest_idle_in_transaction_seconds

        Commands to try meanwhile, in another terminal:
          poolscope check --config \(endpoints.configuration) --watch 60s
          poolscope size --config \(endpoints.configuration)
          poolscope sessions --config \(endpoints.configuration) --watch
          poolscope drain shop --config \(endpoints.configuration) --dry-run

        Ctrl-C ends it and removes everything.

        """
    }

    /// Prints a line at the beginning of each season, until cancelled.
    static func announceSeasons(of endpoints: DemoEndpoints) async throws {
        while true {
            let entry = endpoints.schedule.entry(at: ContinuousClock.now - endpoints.start)
            let length = entry.remaining.map { " for \(Int(($0 / .seconds(1)).rounded())) s" } ?? ""
            Output.say("season: \(entry.season.rawValue)\(length)")
            guard let remaining = entry.remaining else { return try await Task.sleep(for: .seconds(365 * 86_400)) }
            try await Task.sleep(for: remaining + .milliseconds(10))
        }
    }
}
