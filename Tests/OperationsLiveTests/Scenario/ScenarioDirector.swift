import Demo
import Foundation
import Operations
import OperationsSupport
import TestSupport

/// Runs the scenario: a while of health, every trouble at once, recovery, restarts, recovery.
struct ScenarioDirector: Sendable {
    let servers: ScenarioServers
    let poolscope: RunningPoolscope
    let prometheus: PrivatePrometheus
    let alertmanager: PrivateAlertmanager
    let webhook: WebhookReceiver
    let log = ScenarioLog()

    struct Times: Sendable {
        let healthy: PrivatePrometheus.Span
        let whole: PrivatePrometheus.Span
        let worst: Double
    }

    func run() async throws -> Times {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await takeSnapshots() }
            defer { group.cancelAll() }
            return try await servers.everyday().during { try await play() }
        }
    }

    private func play() async throws -> Times {
        let start = PrivatePrometheus.Span.now
        try await eventually("Prometheus has all three targets up", within: .seconds(60)) {
            try await prometheus.query("sum(poolscope_target_up)").first?.value == 3
        }
        // The forecast and what compares with a moment ago want some samples before.
        try await Task.sleep(for: .seconds(3))
        let healthyStart = PrivatePrometheus.Span.now
        try await Task.sleep(for: .seconds(HealthyRecording.seconds))
        let healthy = PrivatePrometheus.Span(start: healthyStart, end: PrivatePrometheus.Span.now)

        let worst = try await everythingAtOnce()
        await resolved(AlertName.proved.filter { $0 != .targetDown })
        try await restarts()
        await resolved(AlertName.proved.filter { $0 == .targetDown })
        return Times(
            healthy: healthy, whole: .init(start: start, end: PrivatePrometheus.Span.now), worst: worst)
    }

    /// Until every alert has been told of, and everything has been seen that the panels want to show.
    private func everythingAtOnce() async throws -> Double {
        _ = try await servers.bouncer.console("PAUSE archive")
        _ = try await servers.bouncer.console("DISABLE attic")
        let troubles =
            try servers.saturation() + servers.leak() + servers.churn() + servers.lock() + servers.forgetfulness()
            + servers.slowness() + servers.deadlocks() + servers.tenant() + servers.paused() + servers.fullServer()
        let worst = try await troubles.during {
            await withTaskGroup(of: Void.self) { group in
                for name in AlertName.proved where name != .targetDown {
                    group.addTask { await told(of: name) }
                }
                for (what, expression) in Self.sights {
                    group.addTask { await sees(what, expression) }
                }
            }
            // What was seen last must be there at some step of a panel, too.
            try await Task.sleep(for: .seconds(2 * ScenarioRun.step))
            return PrivatePrometheus.Span.now
        }
        // A backend that waits or sleeps does not notice that its client has gone.
        _ = try await servers.main.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('migration', 'stock-keeper')"
        )
        _ = try await servers.bouncer.console("ENABLE attic")
        _ = try await servers.bouncer.console("RESUME archive")
        return worst
    }

    /// What is to be seen of the troubles, as Prometheus sees it.
    private static let sights = [
        ("a leak", #"sum(poolscope_leaked_connections{application_name="leaky"}) > 0"#),
        ("a wait for a lock of over 32 s", #"poolscope_longest_block_seconds{datname="shop"} > 32"#),
        (
            "a forecast, of what has been full for a minute",
            #"poolscope_pool_exhaustion_seconds{pooler="pgbouncer", database="shop"}"#
        ),
        ("clients who gave up", "sum(poolscope_pool_waits_abandoned_total) > 0"),
        ("deadlocks", #"pg_stat_database_deadlocks{datname="shop"} > 0"#),
        ("waits of clients", #"sum(poolscope_pool_wait_seconds_count{database="shop"}) > 0"#),
        ("slow statements", "sum(poolscope_slow_queries_total) > 0"),
        ("statements in the histogram", #"sum(poolscope_query_duration_seconds_count{target="main"}) > 0"#),
    ]

    private func sees(_ what: String, _ expression: String) async {
        await log.wait(for: "Prometheus sees \(what)") { try await !prometheus.query(expression).isEmpty }
    }

    /// Whether a receiver has been told of it with the labels that its proof asks for.
    private func told(of name: AlertName) async {
        guard case .fires(let labels) = name.liveProof else { return }
        await log.wait(for: "a receiver is told of \(name.rawValue) \(labels)") {
            webhook.alerts(named: name, with: labels).contains { $0.status == "firing" }
        }
    }

    /// The receivers are told that it is over.
    private func resolved(_ names: [AlertName]) async {
        for name in names {
            guard case .fires(let labels) = name.liveProof else { continue }
            await log.wait(for: "a receiver is told that \(name.rawValue) is over") {
                webhook.hasResolved(name, with: labels)
            }
        }
    }

    /// PgBouncer and `main` are started again, `small` is down until it has been told of.
    private func restarts() async throws {
        try await servers.bouncer.restart()
        try await servers.main.restart()
        // It goes down while it has another alert, which keeps firing for a while.
        try await servers.fullServer().during {
            if ShippedFiles.alertNames.contains(.poolSaturationHigh) {
                await log.wait(for: "small is full again") {
                    try await alertmanager.alerts().contains {
                        $0.name == AlertName.poolSaturationHigh.rawValue && $0.labels["target"] == "small"
                    }
                }
            }
            try await servers.small.stop()
            await silenced()
        }
        if AlertName.proved.contains(.targetDown) { await told(of: .targetDown) }
        await sees("that it is down", #"poolscope_target_up{target="small"} == 0"#)
        try await servers.small.start()
        await sees("that all are up again", "sum(poolscope_target_up) == 3")
    }

    private func silenced() async {
        guard AlertName.proved.contains(.targetDown) else { return }
        await log.wait(for: "another alert of the target that is down is silenced", within: .seconds(60)) {
            let alerts = try await alertmanager.alerts()
            guard alerts.isSilenced(by: .targetDown, target: "small") else { return false }
            log.note(alerts)
            return true
        }
    }

    private func takeSnapshots() async {
        while !Task.isCancelled {
            if let alerts = try? await alertmanager.alerts() { log.note(alerts) }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}

extension WebhookReceiver {
    /// What was told of an alert with at least these labels, in its order.
    func alerts(named name: AlertName, with labels: [String: String]) -> [Alert] {
        notifications.flatMap(\.alerts).filter { alert in
            alert.name == name.rawValue && labels.allSatisfy { alert.labels[$0.key] == $0.value }
        }
    }

    /// Whether it was told of, and later that it is over.
    func hasResolved(_ name: AlertName, with labels: [String: String]) -> Bool {
        alerts(named: name, with: labels).drop { $0.status != "firing" }.contains { $0.status == "resolved" }
    }
}

extension [PrivateAlertmanager.Alert] {
    /// Whether some alert of the target is silenced by the one named, of the same target.
    func isSilenced(by name: AlertName, target: String) -> Bool {
        let sources = filter { $0.name == name.rawValue && $0.labels["target"] == target }.map(\.fingerprint)
        return contains { alert in
            alert.labels["target"] == target && alert.name != name.rawValue && alert.status.state == "suppressed"
                && alert.status.inhibitedBy.contains(where: sources.contains)
        }
    }
}
