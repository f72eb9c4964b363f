import Exposition
import TestSupport

/// Families that no collector would make, for property tests: any numbers, any text in labels.
struct RandomFamilies {
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// A page of families whose names differ, sorted, without empty ones.
    mutating func page() -> Snapshot {
        var builder = SnapshotBuilder(isUp: true)
        for index in 0..<Int.random(in: 1...6, using: &random) { addFamily(index, to: &builder) }
        return builder.build()
    }

    private mutating func addFamily(_ index: Int, to builder: inout SnapshotBuilder) {
        let type = MetricType.allCases.randomElement(using: &random) ?? .gauge
        let suffix =
            switch type {
            case .counter: Bool.random(using: &random) ? "_total" : ""
            case .info: Bool.random(using: &random) ? "_info" : ""
            case .gauge, .histogram, .stateset, .unknown: ""
            }
        let unit = Bool.random(using: &random) ? "seconds" : nil
        let bounds = type == .histogram ? self.bounds() : []
        let descriptor = FamilyDescriptor(
            "f\(index)_x\(unit.map { "_" + $0 } ?? "")\(suffix)", type, unit: unit, buckets: bounds, help: text(12))
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let created = Bool.random(using: &random) ? Double.random(in: 0...2e9, using: &random) : nil
            let value: SampleValue = type == .histogram ? .histogram(histogram(bounds)) : .number(number())
            // Two with the same labels would be added up, which is not the subject here.
            builder.add(
                descriptor, labels().adding("n", String(UInt32.random(in: .min ... .max, using: &random))), value,
                created: created)
        }
    }

    private mutating func bounds() -> [Double] {
        let all = [-1e9, -1, 0, 1e-7, 0.1, 0.5, 1, 7.25, 1e6, 123_456_789, 1e300]
        let some = all.filter { _ in Bool.random(using: &random) }
        // With negative bounds OpenMetrics has no sum.
        return Bool.random(using: &random) ? some.filter { $0 >= 0 } : some
    }

    private mutating func histogram(_ bounds: [Double]) -> Histogram {
        var histogram = Histogram(bounds: bounds)
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let value = number()
            guard !value.isNaN else { continue }
            if Bool.random(using: &random), value.isFinite {
                histogram.observe(
                    Exemplar(labels: exemplarLabels(), value: value, timestamp: .random(in: 0...2e9, using: &random)))
            } else {
                histogram.observe(
                    value, times: Bool.random(using: &random) ? 1 : .random(in: 0...(1 << 50), using: &random))
            }
        }
        return histogram
    }

    private mutating func number() -> Double {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: Double(bitPattern: .random(in: .min ... .max, using: &random))
        case 1: [0, -0.0, .nan, .infinity, -.infinity, 1, .leastNonzeroMagnitude].randomElement(using: &random) ?? 0
        case 2: Double(UInt64.random(in: .min ... .max, using: &random))
        case 3: Double(Int.random(in: -1_000...1_000, using: &random))
        default: Double.random(in: 0...1_000, using: &random)
        }
    }

    private mutating func labels() -> Labels {
        let names = ["a", "le_", "quantile_", "target", "_z9", "A"].filter { _ in Bool.random(using: &random) }
        return Labels(names.map { Label($0, text(10)) })
    }

    /// Python's client takes the first brace for the end of an exemplar's labels, also one in a value.
    private mutating func exemplarLabels() -> Labels {
        Labels(
            labels().pairs.map {
                Label($0.name, String(String.UnicodeScalarView($0.value.unicodeScalars.map { $0 == "}" ? "]" : $0 })))
            })
    }

    /// Any characters, the troublesome ones often.
    private mutating func text(_ longest: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...longest, using: &random) {
            let trouble: [Unicode.Scalar] = [
                "\\", "\"", "\n", "\r", "{", "}", ",", "=", "#", " ", "\0", "\u{301}", "\u{2028}",
            ]
            if Bool.random(using: &random), let one = trouble.randomElement(using: &random) {
                scalars.append(one)
            } else if let one = Unicode.Scalar(UInt32.random(in: 0..<0x20000, using: &random)) {
                scalars.append(one)
            }
        }
        return String(scalars)
    }
}
