/// The report for a ticket: a section a finding, with what to do in blocks that can be copied, and tables of the rest.
struct MarkdownReport {
    private let report: CheckReport

    init(_ report: CheckReport) {
        self.report = report
    }

    var text: String {
        let names = report.targets.map { escape($0.target.name) }.joined(separator: ", ")
        var blocks = ["# Connections of \(names)", intro]
        blocks += report.findings.map(finding)
        blocks += [snoozed, passed, skipped].compactMap(\.self)
        return blocks.joined(separator: "\n\n")
    }

    private var intro: String {
        let summary = report.summary
        let found = CheckSeverity.allCases.reversed().map { "\(summary.bySeverity[$0] ?? 0) \($0.rawValue)" }
        return "`poolscope check` at \(ReportTime.text(report.time)): \(found.joined(separator: ", ")); "
            + "\(summary.snoozed) snoozed, \(summary.passed) passed, \(summary.unknown) not judged."
    }

    private func finding(_ entry: CheckReport.Entry) -> String {
        let finding = entry.finding
        var blocks = [
            "## \(finding.severity.rawValue.capitalized): \(escape(entry.target.name)): \(entry.check.id)",
            escape(finding.message),
        ]
        if !finding.evidence.isEmpty {
            blocks.append(
                table(
                    ["evidence", "value"],
                    finding.evidence.map { [$0.name, String($0.words.dropFirst($0.name.count + 1))] }))
        }
        blocks.append(escape(finding.remedy.sentence))
        blocks += finding.remedy.snippets.map(code)
        return blocks.joined(separator: "\n\n")
    }

    private var snoozed: String? {
        let rows = report.snoozed.compactMap { entry in
            entry.snooze.map { [entry.target.name, entry.check.id, entry.finding.message, "\($0.until)", $0.reason] }
        }
        return rows.isEmpty ? nil : "## Snoozed\n\n" + table(["target", "check", "finding", "until", "reason"], rows)
    }

    private var passed: String? {
        let rows = report.results { _ in true }.compactMap { target, result -> [String]? in
            if case .passed(let line) = result.outcome { [target.name, result.check.id, line] } else { nil }
        }
        return rows.isEmpty ? nil : "## Passed\n\n" + table(["target", "check", "seen"], rows)
    }

    private var skipped: String? {
        let rows = report.results { !$0.reason.isEmpty }.map { target, result in
            [target.name, result.check.id, result.outcome.reason]
        }
        return rows.isEmpty ? nil : "## Not judged\n\n" + table(["target", "check", "why"], rows)
    }

    private func table(_ header: [String], _ rows: [[String]]) -> String {
        let lines = [header, header.map { _ in "---" }] + rows.map { $0.map(escape) }
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    private func code(_ snippet: Remedy.Snippet) -> String {
        let lines = snippet.lines.map(SQLName.oneLine)
        // A fence that no name within can end.
        let run = lines.flatMap { $0.split(whereSeparator: { $0 != "`" }) }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, run + 1))
        return ([fence + snippet.language.fence] + lines + [fence]).joined(separator: "\n")
    }

    /// Text in which nothing is markup, on one line.
    private func escape(_ text: String) -> String {
        SQLName.oneLine(text).reduce(into: "") { result, character in
            if "\\`*_[]<>|#~&".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}

extension Remedy.Language {
    fileprivate var fence: String {
        switch self {
        case .sql, .console: "sql"
        case .conf, .ini: "ini"
        case .shell: "sh"
        case .yaml: "yaml"
        }
    }
}
