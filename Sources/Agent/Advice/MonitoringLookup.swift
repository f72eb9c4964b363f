import Advisor

/// What a Prometheus says of whether the targets are monitored.
package struct MonitoringLookup: Sendable {
    private let source: String
    private let scraped: Result<Set<String>, PrometheusClient.Failure>
    private let alerts: Set<String>?
    private let expected: Set<String>

    /// Asks; bounded by two requests of ten seconds each.
    /// - Parameter expected: the names of all alerts that there are.
    package static func ask(_ address: PrometheusAddress, expected: Set<String>) async -> MonitoringLookup {
        let client = PrometheusClient(address)
        do throws(PrometheusClient.Failure) {
            let scraped = try await client.scrapedTargets()
            let alerts = try await client.loadedAlerts()
            return MonitoringLookup(
                source: "\(address)", scraped: .success(scraped), alerts: alerts, expected: expected)
        } catch {
            return MonitoringLookup(source: "\(address)", scraped: .failure(error), alerts: nil, expected: expected)
        }
    }

    /// What it says of one target.
    package func facts(of target: String) -> Known<MonitoringFacts> {
        switch scraped {
        case .failure(let failure): .unknown(why: failure.sentence)
        case .success(let targets):
            .known(
                MonitoringFacts(
                    isScraped: targets.contains(target), loadedAlerts: alerts, expectedAlerts: expected,
                    source: .prometheus(source))
            )
        }
    }
}
