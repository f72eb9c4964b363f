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
        --prometheus URL` asks that Prometheus both: whether it has fresh metrics of this target, and which alerts are \
        loaded. Without the flag `poolscope check` cannot know either, and says so. The agent knows the first half by \
        itself: whether somebody, whoever it is, has asked it for /metrics at least twice within the last five minutes. It \
        tells that at the latest five minutes after its start, in `poolscope_check_passed`; whether alerts are loaded it never knows.
        """

    static func evaluate(_ facts: CheckFacts) throws(MissingFact) -> CheckOutcome {
        let monitoring = try facts.monitoring.get()
        switch monitoring.source {
        case .agent:
            return .found(
                monitoring.isScraped ? [] : [unasked],
                orPassed: "somebody keeps asking this agent for its metrics; poolscope check --prometheus says whether "
                    + "alerts are loaded, too")
        case .prometheus(let address):
            return judge(monitoring, of: address, target: facts.target.name)
        }
    }

    private static var unasked: Finding {
        Finding(
            severity, "Nobody has asked this agent for its metrics twice within the last five minutes.",
            evidence: [Evidence("scraped", 0)], remedy: scraping("Let Prometheus scrape it."))
    }

    private static func judge(_ monitoring: MonitoringFacts, of address: String, target: String) -> CheckOutcome {
        var findings: [Finding] = []
        if !monitoring.isScraped {
            findings.append(
                Finding(
                    severity, "\(address) has no fresh metrics of \(CheckText.name(target)).",
                    evidence: [Evidence("scraped", 0)],
                    remedy: scraping("Run poolscope serve for this target, and let Prometheus scrape it.")))
        }
        if let loaded = monitoring.loadedAlerts {
            let missing = monitoring.expectedAlerts.subtracting(loaded).sorted()
            if !missing.isEmpty {
                findings.append(notLoaded(missing, of: monitoring.expectedAlerts.count, in: address))
            }
        }
        let alerts = monitoring.loadedAlerts.map {
            "; \(monitoring.expectedAlerts.intersection($0).count) alerts loaded"
        }
        return .found(findings, orPassed: "\(address) has fresh metrics\(alerts ?? "")")
    }

    private static func scraping(_ sentence: String) -> Remedy {
        Remedy(sentence).adding(
            .yaml, "scrape_configs:", "  - job_name: poolscope",
            "    static_configs: [{targets: [\"poolscope:9719\"]}]")
    }

    private static func notLoaded(_ missing: [String], of expected: Int, in address: String) -> Finding {
        Finding(
            severity,
            "\(missing.count) of \(expected) alerts are not loaded in \(address): \(CheckText.list(missing)).",
            evidence: [Evidence("alerts_missing", missing.count), Evidence("alerts_expected", expected)],
            remedy: Remedy("Let Prometheus load Poolscope's rule files, and reload it.")
                .adding(.yaml, "rule_files: [\"poolscope/*.yml\"]"))
    }
}
