import Observations

@testable import Advisor

/// A report with everything in it: findings of each severity, a snoozed one, a target that is away, names that want to
/// be markup.
enum SampleReport {
    static let time = 1_790_000_000.0

    static var report: CheckReport {
        var server = SampleFacts.server { server in
            server.leaks = .known([LeakedConnections(database: "shop", application: "we|b`<i>\n\u{1B}[31m", count: 7)])
            server.timeouts.change { $0.server["statement_timeout"] = "0" }
            server.identity.change { $0.statementsExtension = nil }
            server.settings.change { $0["superuser_reserved_connections"]?.value = 0 }
        }
        server.monitoring = .unknown(why: "no Prometheus was asked")
        var away = CheckFacts(target: CheckedTarget(name: "db2", kind: .postgres, state: .refused))
        away.target.problem = "connection refused"
        return report([server, SampleFacts.bouncer(), away])
    }

    static func report(_ facts: [CheckFacts]) -> CheckReport {
        let snoozes = CalendarDay("2027-01-31").map {
            [CheckSnooze(check: "reserved-slots", until: $0, reason: "the new server has some")]
        }
        return CheckReport(
            targets: facts.map { CheckReport.Target($0, snoozes: snoozes ?? [], at: time) }, version: "1.2.3",
            time: time, configurationFile: "conf/pool scope.yml")
    }
}
