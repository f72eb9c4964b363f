/// What the numbers of a panel are, in Grafana's words.
package enum PanelUnit: String, Sendable {
    /// Shown as the largest unit that fits: 3 ms, 2.5 hours.
    case seconds = "s"
    /// 0 to 1, shown as a percentage.
    case share = "percentunit"
    /// A number of things; 12,300 is 12.3 K.
    case count = "short"
    case bytes = "bytes"
    case bytesPerSecond = "Bps"
    /// Things a second.
    case perSecond = "ops"
    /// Things a minute.
    case perMinute = "opm"
}
