/// What a check came to.
package enum CheckOutcome: Sendable, Equatable {
    /// All is well; one line that says what was seen, with its numbers.
    case passed(String)
    /// At least one thing is wrong.
    case found([Finding])
    /// There is nothing to judge here, and why: as the rest of a sentence.
    case notApplicable(String)
    /// It cannot be judged: the fact or the privilege that is missing, as the rest of a sentence.
    case unknown(String)

    package var findings: [Finding] {
        switch self {
        case .found(let findings): findings
        case .passed, .notApplicable, .unknown: []
        }
    }

    /// Findings if there are any, else passed with this line.
    package static func found(_ findings: [Finding], orPassed line: @autoclosure () -> String) -> CheckOutcome {
        findings.isEmpty ? .passed(line()) : .found(findings)
    }
}

/// One thing that is wrong: what, how one knows, and what to do.
package struct Finding: Sendable, Equatable {
    /// What it is about where a check may find several: a role, a pool, a setting. Empty for the target as a whole.
    package var subject: String
    package var severity: CheckSeverity
    /// One or two sentences.
    package var message: String
    package var evidence: [Evidence]
    package var remedy: Remedy

    package init(
        _ severity: CheckSeverity, subject: String = "", _ message: String, evidence: [Evidence], remedy: Remedy
    ) {
        self.severity = severity
        self.subject = subject
        self.message = message
        self.evidence = evidence
        self.remedy = remedy
    }
}

/// A number (or a word) that a finding rests on.
package struct Evidence: Sendable, Equatable {
    package enum Unit: String, Sendable {
        case count, seconds, bytes, ratio
        case perSecond = "per_second"
    }

    package enum Value: Sendable, Equatable {
        case number(Double, Unit)
        case text(String)
    }

    /// For machines too: snake_case, without the unit.
    package var name: String
    package var value: Value

    package init(_ name: String, _ number: Double, _ unit: Unit = .count) {
        self.name = name
        value = .number(number, unit)
    }

    package init(_ name: String, _ number: Int) {
        self.init(name, Double(number))
    }

    package init(_ name: String, text: String) {
        self.name = name
        value = .text(text)
    }
}

/// What to do about a finding: a sentence, and the very lines to write or run.
package struct Remedy: Sendable, Equatable {
    package enum Language: String, Sendable {
        /// To run on the server as a superuser or the owner.
        case sql
        /// A line of `postgresql.conf`.
        case conf
        /// A line of `pgbouncer.ini`, by its section where it is not `[pgbouncer]`.
        case ini
        /// To run on PgBouncer's admin console.
        case console
        case shell
        /// A line of Poolscope's own configuration.
        case yaml
    }

    package struct Snippet: Sendable, Equatable {
        package var language: Language
        /// One statement or setting a line.
        package var lines: [String]
    }

    package var sentence: String
    package var snippets: [Snippet]

    package init(_ sentence: String) {
        self.sentence = sentence
        snippets = []
    }

    /// The same with lines to write or run.
    package func adding(_ language: Language, _ lines: String...) -> Remedy {
        adding(language, lines)
    }

    package func adding(_ language: Language, _ lines: [String]) -> Remedy {
        var remedy = self
        remedy.snippets.append(Snippet(language: language, lines: lines))
        return remedy
    }
}
