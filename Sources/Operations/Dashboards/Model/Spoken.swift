/// Numbers as the descriptions say them, so that a text cannot say another number than the threshold.
enum Spoken {
    /// 0.5 s, 30 s, 15 min, 2 h.
    static func seconds(_ seconds: Double) -> String {
        if seconds >= 7200 { return "\(number(seconds / 3600)) h" }
        if seconds >= 120 { return "\(number(seconds / 60)) min" }
        return "\(number(seconds)) s"
    }

    /// 80 %.
    static func share(_ share: Double) -> String { "\(number((share * 100_000).rounded() / 1000)) %" }

    static func number(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
}
