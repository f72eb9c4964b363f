import OperationsSupport
import TestSupport

/// The moments at which a panel asks for values.
package struct TimeGrid: Sendable, Equatable {
    package let span: PrivatePrometheus.Span
    /// In seconds.
    package let step: Double

    package init(span: PrivatePrometheus.Span, step: Double) {
        self.span = span
        self.step = step
    }

    package var count: Int { max(1, Int((span.seconds / step + 1e-6).rounded(.down)) + 1) }

    func time(at place: Int) -> Double { span.start + Double(place) * step }

    /// A time's place between start (0) and end (1).
    func share(of time: Double) -> Double { (time - span.start) / max(span.seconds, 1) }

    /// A value for each moment, nil where there is none.
    package func values(of points: [PrivatePrometheus.Point]) -> [Double?] {
        var values = [Double?](repeating: nil, count: count)
        for point in points {
            let place = Int(((point.time - span.start) / step).rounded())
            if values.indices.contains(place), point.value.isFinite { values[place] = point.value }
        }
        return values
    }

    /// Whole moments for the axis, with their names, in UTC.
    package func ticks(atMost limit: Int) -> [(time: Double, text: String)] {
        let pretty: [Double] = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400]
        let wish = span.seconds / Double(max(1, limit))
        let step = pretty.first { $0 >= wish } ?? (wish / 86_400).rounded(.up) * 86_400
        let first = (span.start / step).rounded(.up) * step
        return stride(from: first, through: span.end, by: step).map { ($0, Self.clock($0, seconds: step < 60)) }
    }

    /// The time of the day, in UTC.
    package static func clock(_ time: Double, seconds: Bool) -> String {
        let total = Int(time.rounded(.down)) % 86_400
        let parts = [total / 3_600, total / 60 % 60] + (seconds ? [total % 60] : [])
        return parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
