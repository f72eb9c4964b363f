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
        var taken = Set(families.flatMap(\.seriesNames))
        return families.map { OpenMetricsFamily($0, &taken) }
    }

    private init(_ family: MetricFamily, _ taken: inout Set<String>) {
        let descriptor = family.descriptor
        var type = family.keepsPromise ? descriptor.type : descriptor.type == .stateset ? .gauge : .unknown
        var name = descriptor.name
        switch type {
        case .counter, .info:
            name = String(name.dropLast(type == .counter ? "_total".count : "_info".count))
            if taken.contains(name) {
                (name, type) = (descriptor.name, .unknown)
            } else {
                taken.insert(name)
            }
        case .gauge, .histogram, .stateset, .unknown:
            break
        }
        self.name = name
        self.type = type
        showsCreation =
            (type == .counter || type == .histogram) && family.samples.contains { $0.created != nil }
            && taken.insert(name + "_created").inserted
        unit =
            type == .info || type == .stateset ? nil : descriptor.unit.flatMap { name.hasSuffix("_" + $0) ? $0 : nil }
    }
}

extension MetricFamily {
    /// The upper bounds of its histograms' buckets.
    var bounds: [Double] {
        guard case .histogram(let histogram) = samples.first?.value else { return [] }
        return histogram.bounds
    }

    /// Every name of its series.
    fileprivate var seriesNames: [String] {
        let name = descriptor.name
        return descriptor.type == .histogram ? [name] + ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
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
        case .counter: descriptor.name.hasSuffix("_total") && descriptor.name != "_total" && all { $0 >= 0 }
        case .info: descriptor.name.hasSuffix("_info") && descriptor.name != "_info" && all { $0 == 1 }
        case .stateset:
            all { $0 == 0 || $0 == 1 } && samples.allSatisfy { $0.labels[descriptor.name] != nil }
        case .gauge, .histogram, .unknown: true
        }
    }
}
