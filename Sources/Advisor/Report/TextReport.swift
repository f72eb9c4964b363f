/// The report for people at a terminal: findings first, the worst on top, then what passed in a line each, then what
/// could not be judged and why.
struct TextReport {
    private enum Ink: String {
        case bold = "1"
        case dim = "2"
        case red = "1;31"
        case green = "32"
        case yellow = "1;33"
        case blue = "36"
    }

    private let report: CheckReport
    private let style: TextStyle
    /// With one target its name need not be said again and again.
    private let isSingle: Bool

    init(_ report: CheckReport, style: TextStyle) {
        self.report = report
        self.style = style
        isSingle = report.targets.count == 1
    }

    var text: String {
        var blocks = [heading]
        blocks += report.findings.map { finding($0).joined(separator: "\n") }
        blocks += [snoozed, passed, unknown, notApplicable].compactMap(\.self)
        return (blocks + [summary]).joined(separator: "\n\n")
    }

    private func paint(_ text: String, _ ink: Ink) -> String {
        style.hasColor ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
    }

    private func plain(_ text: String) -> String { SQLName.oneLine(text) }

    private var heading: String {
        let names = report.targets.map { plain($0.target.name) }
        let seconds = report.targets.map(\.watchedSeconds).max() ?? 0
        let watched = seconds > 0 ? ", watched for \(CheckText.seconds(seconds.rounded()))" : ", one look"
        let text = "\(CheckText.list(names, limit: 6))\(watched)"
        return TextWrap.lines(text, width: style.width).map { paint($0, .bold) }.joined(separator: "\n")
    }

    // MARK: Findings

    private func finding(_ entry: CheckReport.Entry) -> [String] {
        let word = entry.finding.severity.rawValue.uppercased()
        let place = isSingle ? "" : " · \(plain(entry.target.name))"
        var lines = ["\(paint(word, ink(of: entry.finding.severity)))  \(paint(entry.check.id, .bold))\(place)"]
        lines += TextWrap.lines(plain(entry.finding.message), width: style.width, first: "  ", rest: "  ")
        let evidence = entry.finding.evidence.map { plain($0.words).replacing(" ", with: "\u{A0}") }
        if !evidence.isEmpty {
            // A name and its number stay together.
            lines += TextWrap.lines(
                evidence.joined(separator: " ·\u{20}"), width: style.width, first: "  ", rest: "  "
            ).map { paint($0.replacing("\u{A0}", with: " "), .dim) }
        }
        return lines + remedy(entry.finding.remedy)
    }

    private func remedy(_ remedy: Remedy) -> [String] {
        var lines = TextWrap.lines(plain(remedy.sentence), width: style.width, first: "  → ", rest: "    ")
        // Lines that one copies are not broken.
        for snippet in remedy.snippets { lines += snippet.lines.map { "      \(plain($0))" } }
        return lines
    }

    private func ink(of severity: CheckSeverity) -> Ink {
        switch severity {
        case .critical: .red
        case .warning: .yellow
        case .info: .blue
        }
    }

    // MARK: The rest

    private var snoozed: String? {
        let lines = report.snoozed.flatMap { entry -> [String] in
            guard let snooze = entry.snooze else { return [] }
            let place = isSingle ? "" : "\(plain(entry.target.name)): "
            return TextWrap.lines(
                "\(place)\(plain(entry.finding.message)) Until \(snooze.until): \(plain(snooze.reason))",
                width: style.width, first: "  z \(entry.check.id)  ", rest: "      ")
        }
        return lines.isEmpty ? nil : ([paint("Snoozed", .bold)] + lines).joined(separator: "\n")
    }

    private var passed: String? {
        list("Passed", mark: paint("✓", .green)) { if case .passed(let line) = $0 { line } else { nil } }
    }

    private var unknown: String? {
        list("Not judged", mark: paint("?", .yellow)) { if case .unknown(let why) = $0 { why } else { nil } }
    }

    private var notApplicable: String? {
        list("Not applicable", mark: paint("–", .dim)) { if case .notApplicable(let why) = $0 { why } else { nil } }
    }

    private func list(_ title: String, mark: String, _ line: (CheckOutcome) -> String?) -> String? {
        var lines: [String] = []
        for target in report.targets {
            let rows = Self.rows(target.results, line)
            guard !rows.isEmpty else { continue }
            let indent = isSingle ? "  " : "    "
            if !isSingle { lines.append("  \(plain(target.target.name))") }
            let width = rows.map(\.label.count).max() ?? 0
            lines += rows.flatMap { row($0.label, $0.text, indent: indent, mark: mark, width: width) }
        }
        return lines.isEmpty ? nil : ([paint(title, .bold)] + lines).joined(separator: "\n")
    }

    /// One for each result; one for all that have the same to say, where these are many.
    private static func rows(
        _ results: [CheckResult], _ line: (CheckOutcome) -> String?
    ) -> [(label: String, text: String)] {
        var texts: [String] = []
        var ids: [String: [String]] = [:]
        for result in results {
            guard let text = line(result.outcome) else { continue }
            if ids[text] == nil { texts.append(text) }
            ids[text, default: []].append(result.check.id)
        }
        return texts.flatMap { text -> [(String, String)] in
            let checks = ids[text] ?? []
            return checks.count > 3 ? [("\(checks.count) checks", text)] : checks.map { ($0, text) }
        }
    }

    /// The mark may have colour, which takes no column.
    private func row(_ label: String, _ text: String, indent: String, mark: String, width: Int) -> [String] {
        let hanging = indent.count + 2 + width + 2
        guard hanging + 30 <= style.width else {
            let rest = indent + "  "
            return ["\(indent)\(mark) \(label)"]
                + TextWrap.lines(plain(text), width: style.width, first: rest, rest: rest)
        }
        let rest = String(repeating: " ", count: hanging)
        let lines = TextWrap.lines(plain(text), width: style.width, first: rest, rest: rest)
        return ["\(indent)\(mark) \(TextWrap.padded(label, width))  \(lines[0].dropFirst(hanging))"] + lines.dropFirst()
    }

    private var summary: String {
        let summary = report.summary
        let bySeverity = CheckSeverity.allCases.reversed().compactMap { severity in
            summary.bySeverity[severity].map { "\($0) \(severity.rawValue)" }
        }
        let detail = bySeverity.isEmpty ? "" : " (\(bySeverity.joined(separator: ", ")))"
        let parts = [
            summary.findings == 0 ? "nothing found" : CheckText.count(summary.findings, "finding") + detail,
            summary.snoozed > 0 ? "\(summary.snoozed) snoozed" : nil, "\(summary.passed) passed",
            summary.unknown > 0 ? "\(summary.unknown) not judged" : nil,
            summary.notApplicable > 0 ? "\(summary.notApplicable) not applicable" : nil,
        ].compactMap(\.self)
        let ink = report.findings.first.map { self.ink(of: $0.finding.severity) } ?? .green
        return TextWrap.lines(parts.joined(separator: ", "), width: style.width).map { paint($0, ink) }
            .joined(separator: "\n")
    }
}

extension Evidence {
    /// `leaked_connections 7`, `idle_share 85 %`.
    var words: String {
        switch value {
        case .text(let text): "\(name) \(text)"
        case .number(let number, .count): "\(name) \(CheckText.number(number))"
        case .number(let number, .seconds): "\(name) \(CheckText.seconds(number))"
        case .number(let number, .bytes): "\(name) \(CheckText.bytes(number))"
        case .number(let number, .ratio): "\(name) \(CheckText.percent(number))"
        case .number(let number, .perSecond): "\(name) \(CheckText.number(number))/s"
        }
    }
}
