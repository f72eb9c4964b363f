/// One observation by name: what stands behind a bucket, for whoever follows a spike to its cause.
public struct Exemplar: Sendable, Equatable {
    /// OpenMetrics allows this many characters for the names and values of all labels together.
    public static let longestLabels = 128

    public let labels: Labels
    /// What was observed.
    public let value: Double
    /// When, in seconds since 1970.
    public let timestamp: Double

    /// - Parameter labels: Together at most `longestLabels` characters (Unicode scalars). Values that are too long are
    ///   cut, and labels for which there is no room are left out, from the last one by name.
    public init(labels: Labels, value: Double, timestamp: Double) {
        self.labels = Self.fitting(labels)
        self.value = value
        self.timestamp = timestamp
    }

    /// Whether it replaces another one: the later, of two at one time the larger one, so that the order in which they
    /// came makes no difference.
    func replaces(_ other: Exemplar) -> Bool {
        (timestamp, value, labels) >= (other.timestamp, other.value, other.labels)
    }

    private static func fitting(_ labels: Labels) -> Labels {
        var room = longestLabels
        var isWhole = true
        let fitting = labels.pairs.compactMap { label -> Label? in
            let name = label.name.unicodeScalars.count
            guard name < room else {
                isWhole = false
                return nil
            }
            let value = label.value.unicodeScalars
            room -= name
            let kept = min(value.count, room)
            room -= kept
            guard kept < value.count else { return label }
            isWhole = false
            return Label(label.name, String(String.UnicodeScalarView(value.prefix(kept))))
        }
        return isWhole ? labels : Labels(fitting)
    }
}
