/// How a family is called and typed in OpenMetrics.
///
/// There a family's name is that of its series without the suffix of the type, and a type is a promise. What cannot keep
/// it is of type unknown, under the name of the series: a counter that is not called `…_total` (the peers have such) or
/// is not a number, an info that is not 1, whatever would get another family's name. Sets of states whose label is not
/// called like the family are gauges.
struct OpenMetricsFamily: Equatable {
    let name: String
    let type: MetricType
    /// Nil where the name does not end with it.
    let unit: String?
    /// Whether there may be series `…_created`.
    let showsCreation: Bool

    /// The forms of the families of one page; none is empty. They depend on each other: no name may occur twice.
    static func all(_ families: [MetricFamily]) -> [OpenMetricsFamily] {
        var taken: Set<String> = []
        taken.reserveCapacity(families.count * 2)
        for family in families {
            taken.insert(family.descriptor.name)
            guard family.descriptor.type == .histogram else { continue }
            let text = family.descriptor.text
            for name in [text.bucket, text.sum, text.count] { taken.insert(name) }
        }
        return families.map { OpenMetricsFamily($0, &taken) }
    }

    private init(_ family: MetricFamily, _ taken: inout Set<String>) {
        let descriptor = family.descriptor
        let text = descriptor.text
        var type = family.keepsPromise ? descriptor.type : descriptor.type == .stateset ? .gauge : .unknown
        var name = descriptor.name
        var showsUnit = text.nameShowsUnit
        if type == .counter || type == .info, let stem = text.stem {
            if taken.insert(stem).inserted {
                (name, showsUnit) = (stem, text.stemShowsUnit)
            } else {
                type = .unknown
            }
        }
        self.name = name
        self.type = type
        showsCreation =
            (type == .counter || type == .histogram) && family.samples.contains { $0.created != nil }
            && taken.insert(name + "_created").inserted
        unit = showsUnit && type != .info && type != .stateset ? descriptor.unit : nil
    }
}

extension MetricFamily {
    /// The upper bounds of its histograms' buckets.
    var bounds: [Double] {
        guard case .histogram(let histogram) = samples.first?.value else { return [] }
        return histogram.bounds
    }

    /// Whether the samples are what OpenMetrics wants of the type.
    fileprivate var keepsPromise: Bool {
        func all(_ holds: (Double) -> Bool) -> Bool {
            samples.allSatisfy { sample in
                guard case .number(let value) = sample.value else { return false }
                return holds(value)
            }
        }
        return switch descriptor.type {
        case .counter: descriptor.text.stem != nil && all { $0 >= 0 }
        case .info: descriptor.text.stem != nil && all { $0 == 1 }
        case .stateset:
            all { $0 == 0 || $0 == 1 } && samples.allSatisfy { $0.labels[descriptor.name] != nil }
        case .gauge, .histogram, .unknown: true
        }
    }
}
