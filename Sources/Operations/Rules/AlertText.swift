/// Pieces of summaries and descriptions: numbers as Prometheus writes them, and what else Prometheus knows.
enum AlertText {
    /// A text with another series' value in it, found by the labels that it shares with the alert; nothing where that
    /// series is not there.
    /// - Parameters:
    ///   - metric: Its name.
    ///   - labels: Those with the same value as in the alert.
    ///   - fixed: Those with a value of their own, by name and value.
    ///   - condition: What the value must be for the text to be there, e.g. ` > 0`.
    ///   - text: A template in which `.` is the result: see ``value(_:)``.
    static func lookup(
        _ metric: String, sharing labels: [String], with fixed: [(String, String)] = [],
        where condition: String = "", _ text: String
    ) -> String {
        let selector = (fixed.map(\.0) + labels).map { "\($0)=%q" }.joined(separator: ",")
        let values = fixed.map { "\"\($0.1)\"" } + labels.map { "$labels.\($0)" }
        return
            "{{ with printf \"\(metric){\(selector)}\(condition)\" \(values.joined(separator: " ")) | query }}\(text){{ end }}"
    }

    /// The value found by ``lookup(_:sharing:with:_:)``, through one of Prometheus' functions.
    static func value(_ function: String = "humanize") -> String { "{{ . | first | value | \(function) }}" }

    /// The labels of a pool's families.
    static let ofPool = ["job", "instance", "target", "pooler", "database", "user"]

    /// The labels of what a target has once.
    static let ofTarget = ["job", "instance", "target"]

    /// What to call a pool, the server's slots included.
    static let pool = """
        {{ if eq $labels.pooler "server" }}The server slots{{ else }}Pool {{ $labels.database }}/{{ $labels.user }}\
        {{ end }} of {{ $labels.target }}
        """

    /// As `humanizeDuration` has it, for whole seconds: `5s`, `1m`, `4h`, `1m 30s`.
    static func duration(_ seconds: Double) -> String {
        var rest = Int(seconds)
        let parts = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")].compactMap { length, unit in
            let count = rest / length
            rest %= length
            return count > 0 ? "\(count)\(unit)" : nil
        }
        return seconds == seconds.rounded() && !parts.isEmpty ? parts.joined(separator: " ") : "\(number(seconds))s"
    }

    /// As `humanizePercentage` has it: `80%`.
    static func percent(_ share: Double) -> String { number(share * 100) + "%" }
}
