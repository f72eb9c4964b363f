/// The type of a metric family, in OpenMetrics' words.
package enum MetricType: String, Sendable, CaseIterable {
    case counter, gauge, histogram, info, stateset, unknown
}

/// Whether a family's samples stay on the page while their target cannot be read.
package enum SampleLifetime: Sendable, Hashable {
    /// The samples describe the moment: they vanish with the target, so that old numbers are never served as new.
    case whileUp
    /// The samples are totals: they stay, so that `rate()` sees no dip.
    case kept
}

/// The declaration of one metric family: the single place where its name, type, unit, help and labels are written.
package struct FamilyDescriptor: Sendable, Hashable {
    /// The name as it stands in the exposition, suffix included (`…_total`, `…_info`).
    package let name: String
    package let type: MetricType
    /// The base unit that ends the name (`seconds`, `bytes`, `ratio`), or nil for counts.
    package let unit: String?
    /// What is and what is not counted, in one or two sentences.
    package let help: String
    /// The labels beside `target`, in alphabetical order.
    package let labels: [String]
    package let lifetime: SampleLifetime
    /// Upper bounds of the buckets, for histograms; `+Inf` is implied.
    package let buckets: [Double]

    package init(
        _ name: String, _ type: MetricType, unit: String? = nil, labels: [String] = [], buckets: [Double] = [],
        lifetime: SampleLifetime? = nil, help: String
    ) {
        self.name = name
        self.type = type
        self.unit = unit
        self.help = help
        self.labels = labels.sorted()
        self.buckets = buckets
        self.lifetime = lifetime ?? Self.naturalLifetime(of: type)
    }

    private static func naturalLifetime(of type: MetricType) -> SampleLifetime {
        switch type {
        case .counter, .histogram: .kept
        case .gauge, .info, .stateset, .unknown: .whileUp
        }
    }
}
