/// A number that goes with an alert: asked of Prometheus when the texts of the alert are written.
///
/// The text is a Go template; of what is asked the first series counts.
struct Lookup {
    /// What is asked: the family, of the same job, instance and target, and with these labels as the alert has them.
    private let family: String
    private let labels: [String]
    /// More matchers, as PromQL writes them.
    private let matchers: [String]
    /// What stands around the selector, with `…` in its place.
    private let around: String

    init(_ family: String, by labels: [String] = [], where matchers: [String] = [], around: String = "…") {
        self.family = family
        self.labels = ["job", "instance", "target"] + labels
        self.matchers = matchers
        self.around = around
    }

    /// Text for when there is such a series, and for when there is none. In the first, `.` is the series.
    func text(_ present: String, orElse absent: String = "") -> String {
        let selector = "\(family){\((labels.map { $0 + "=%q" } + matchers).joined(separator: ","))}"
        let query = around.replacing("…", with: selector)
        let arguments = labels.map { "$labels." + $0 }.joined(separator: " ")
        return "{{ with printf `\(query)` \(arguments) | query }}{{ with first . }}\(present){{ end }}"
            + (absent.isEmpty ? "{{ end }}" : "{{ else }}\(absent){{ end }}")
    }
}
