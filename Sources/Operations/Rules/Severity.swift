/// Who hears of an alert, and when.
package enum Severity: String, Sendable {
    /// Wakes somebody: clients wait or are refused.
    case critical
    /// A ticket: it will hurt, or it is a cause.
    case warning
    /// A digest: worth knowing.
    case info
    /// Always firing, for a dead man's switch.
    case none
}
