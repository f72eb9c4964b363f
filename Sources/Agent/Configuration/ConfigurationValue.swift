import Advisor
import Observations
import Postgres
import WebServer

/// Values as text: the same rules for the file, the flags and the environment.
enum ConfigurationValue {
    /// What is wrong with a value, as the rest of a sentence about its key.
    struct Complaint: Error {
        let sentence: String
    }

    static let clusterLimit = 128
    static let reasonLimit = 500

    static func interval(_ text: String) throws(Complaint) -> Duration {
        try duration(text, in: AgentConfiguration.intervalBounds)
    }

    static func duration(_ text: String, in bounds: ClosedRange<Duration>) throws(Complaint) -> Duration {
        guard let duration = DurationText.parse(text) else {
            throw Complaint(sentence: quoting(text) + "is not a duration; write for example 500ms, 1s or 5m")
        }
        guard duration >= bounds.lowerBound else {
            throw Complaint(
                sentence: quoting(text) + "is too short; the least is \(DurationText.format(bounds.lowerBound))")
        }
        guard duration <= bounds.upperBound else {
            throw Complaint(
                sentence: quoting(text) + "is too long; the most is \(DurationText.format(bounds.upperBound))")
        }
        return duration
    }

    static func listenAddress(_ text: String) throws(Complaint) -> ListenAddress {
        do {
            return try ListenAddress(parsing: text)
        } catch {
            let own = "is not a listen address; write it like :9719, 127.0.0.1:9719 or [::1]:9719"
            throw Complaint(sentence: quoting(text).isEmpty ? own : error.description)
        }
    }

    /// A connection string with the defaults of its kind. The complaint quotes nothing of it.
    static func connection(_ text: String, kind: TargetKind) throws(Complaint) -> ConnectionString {
        let connection: ConnectionString
        do {
            connection = try ConnectionString(parsing: text).defaulting("application_name", to: "poolscope")
        } catch {
            throw Complaint(sentence: error.message)
        }
        switch kind {
        case .postgres: return connection
        case .pgbouncer: return connection.defaulting("dbname", to: "pgbouncer")
        }
    }

    static func name(_ text: String) throws(Complaint) -> String {
        guard 1...TargetNaming.limit ~= text.utf8.count, text.utf8.allSatisfy(TargetNaming.isNamePart) else {
            throw Complaint(
                sentence: quoting(text) + "is not a name; use 1 to \(TargetNaming.limit) letters, digits and _ . : -")
        }
        return text
    }

    static func kind(_ text: String) throws(Complaint) -> TargetKind {
        try word(text, "a kind of target")
    }

    /// One of a few words.
    /// - Parameter what: what they are, for the complaint.
    static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ what: String
    ) throws(Complaint) -> Word {
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue)
        let advice =
            switch Suggestion.nearest(to: text, among: known) {
            case let near?: "did you mean “\(near)”?"
            case nil: "write \(known.joined(separator: " or "))"
            }
        throw Complaint(sentence: quoting(text) + "is not \(what); " + advice)
    }

    static func cluster(_ text: String) throws(Complaint) -> String {
        try shortText(text)
    }

    /// A name of a few characters, whatever they are.
    static func shortText(_ text: String) throws(Complaint) -> String {
        guard 1...clusterLimit ~= text.count else {
            throw Complaint(sentence: "must have 1 to \(clusterLimit) characters")
        }
        try checkPrintable(text)
        return text
    }

    static func pattern(_ text: String) throws(Complaint) -> LabelPattern {
        do {
            return try LabelPattern(text)
        } catch {
            throw Complaint(sentence: error.sentence)
        }
    }

    /// - Parameter groupCount: how many groups the regex beside it has.
    static func replacement(_ text: String, groupCount: Int) throws(Complaint) -> LabelReplacement {
        do {
            return try LabelReplacement(text, groupCount: groupCount)
        } catch {
            throw Complaint(sentence: error.sentence)
        }
    }

    static func path(_ text: String) throws(Complaint) -> String {
        guard !text.isEmpty else {
            throw Complaint(sentence: "is empty; write the path of a file, or leave the key out")
        }
        try checkPrintable(text)
        return text
    }

    static func namePattern(_ text: String) throws(Complaint) -> NamePattern {
        guard text.count <= NamePattern.lengthLimit else {
            throw Complaint(sentence: "must have at most \(NamePattern.lengthLimit) characters")
        }
        try checkPrintable(text)
        return NamePattern(text)
    }

    static func wholeNumber(_ text: String, in bounds: ClosedRange<Int>) throws(Complaint) -> Int {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(text),
            bounds.contains(number)
        else {
            throw Complaint(
                sentence: quoting(text) + "is not a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// Of a machine, in bytes.
    static func memory(_ text: String) throws(Complaint) -> Int {
        guard let bytes = SizeText.parse(text) else {
            throw Complaint(sentence: quoting(text) + "is not a size; write for example 16GiB")
        }
        guard TargetConfiguration.memoryBounds.contains(bytes) else {
            throw Complaint(sentence: quoting(text) + "is not from 64MiB to 1024TiB")
        }
        return bytes
    }

    /// The id of a check.
    static func check(_ text: String) throws(Complaint) -> String {
        let ids = Checks.all.map { $0.id }
        if ids.contains(text) { return text }
        let advice = Suggestion.nearest(to: text, among: ids).map { "did you mean “\($0)”?" }
        throw Complaint(sentence: quoting(text) + "is not a check; " + (advice ?? "docs/checks.md has all of them"))
    }

    static func day(_ text: String) throws(Complaint) -> CalendarDay {
        guard let day = CalendarDay(text) else {
            throw Complaint(sentence: quoting(text) + "is not a day; write for example 2027-01-31")
        }
        return day
    }

    /// Why something is so, in a sentence.
    static func reason(_ text: String) throws(Complaint) -> String {
        guard 1...reasonLimit ~= text.count else {
            throw Complaint(sentence: "must have 1 to \(reasonLimit) characters")
        }
        try checkPrintable(text)
        return text
    }

    /// A share of one core: `1 %`, or a ratio below 1; 0 is no budget.
    static func serverBudget(_ text: String) throws(Complaint) -> Double {
        let isPercentage = text.hasSuffix("%")
        var number = text.dropLast(isPercentage ? 1 : 0)
        if isPercentage, number.last == " " { number.removeLast() }
        let isPlain = number.utf8.allSatisfy { "0123456789.".utf8.contains($0) }
        guard isPlain, let value = Double(number) else {
            throw Complaint(sentence: quoting(text) + "is not a share of a core; write for example 1%, 0.01 or off")
        }
        // Whoever writes 1 may mean one percent, or all of a core.
        guard isPercentage || value < 1 else {
            throw Complaint(
                sentence: quoting(text) + "could be a percentage or a ratio; write it with %, for example 1%")
        }
        let share = isPercentage ? value / 100 : value
        guard share == 0 || RulesKey.serverBudgetBounds.contains(share) else {
            throw Complaint(sentence: quoting(text) + "is not within \(RulesKey.serverBudgetWords)")
        }
        return share
    }

    /// A value as the beginning of a sentence: `“5” `. Empty unless it is so short, or so much like a number or an
    /// address, that it is no secret that slipped into the wrong place.
    static func quoting(_ text: String) -> String {
        let isShort = text.unicodeScalars.count <= 12
        let isAddress =
            text.utf8.count <= 64 && text.utf8.allSatisfy { "0123456789abcdefABCDEF.:[]%-".utf8.contains($0) }
        let isPrintable = !text.unicodeScalars.contains(where: isControl)
        return (isShort || isAddress) && isPrintable ? "“\(text)” " : ""
    }

    private static func checkPrintable(_ text: String) throws(Complaint) {
        guard !text.unicodeScalars.contains(where: isControl) else {
            throw Complaint(sentence: "has a line end or another control character in it; remove it")
        }
    }

    /// Control characters, line ends and what reorders the text around it.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}

extension ConnectionString {
    /// Whether it brings its password along.
    var hasPassword: Bool {
        defaulting("password", to: "any") == self
    }
}
