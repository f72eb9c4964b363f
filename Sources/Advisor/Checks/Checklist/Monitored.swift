import Observations

/// Whether somebody is told when connections run out.
enum Monitored: Check {
    static let id = "monitored"
    static let group = CheckGroup.checklist
    static let title = "Connections are monitored"
    static let severity = CheckSeverity.warning
    static let subjects = TargetKind.allCases
    static let needs: [Fact] = [.monitoring]
    static let explanation = """
        Nobody sees a pool fill up unless a Prometheus scrapes Poolscope and has its alerts loaded. `poolscope check \
        --prometheus URL` asks that Prometheus for this target and for the rules; the agent knows whether it was \
        scraped within the last five minutes.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let monitoring = try facts.monitoring.get()
        var findings: [Finding] = []
        if !monitoring.isScraped {
            findings.append(
                Finding(
                    severity, "\(monitoring.source) has no fresh metrics of \(CheckText.name(facts.target.name)).",
                    evidence: [Evidence("scraped", 0)],
                    remedy: Remedy("Run poolscope serve for this target, and let Prometheus scrape it.")
                        .adding(
                            .yaml, "scrape_configs:", "  - job_name: poolscope",
                            "    static_configs: [{targets: [\"poolscope:9719\"]}]")))
        }
        if let loaded = monitoring.loadedAlerts {
            let missing = monitoring.expectedAlerts.subtracting(loaded).sorted()
            if !missing.isEmpty { findings.append(notLoaded(missing, monitoring)) }
        }
        let alerts = monitoring.loadedAlerts.map {
            "; \(monitoring.expectedAlerts.intersection($0).count) alerts loaded"
        }
        return .found(findings, orPassed: "\(monitoring.source) has fresh metrics\(alerts ?? "")")
    }

    private static func notLoaded(_ missing: [String], _ monitoring: MonitoringFacts) -> Finding {
        Finding(
            severity,
            "\(missing.count) of \(monitoring.expectedAlerts.count) alerts are not loaded in \(monitoring.source): "
                + "\(CheckText.list(missing)).",
            evidence: [
                Evidence("alerts_missing", missing.count), Evidence("alerts_expected", monitoring.expectedAlerts.count),
            ],
            remedy: Remedy("Let Prometheus load Poolscope's rule files, and reload it.")
                .adding(.yaml, "rule_files: [\"poolscope/*.yml\"]"))
    }
}
