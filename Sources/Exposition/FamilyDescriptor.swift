/// The type of a metric family, in OpenMetrics' words.
public enum MetricType: String, Sendable, CaseIterable {
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
public struct FamilyDescriptor: Sendable, Hashable {
    /// The name as it stands in the exposition, suffix included (`…_total`, `…_info`).
    public let name: String
    public let type: MetricType
    /// The base unit that ends the name (`seconds`, `bytes`, `ratio`), or nil for counts.
    package let unit: String?
    /// What is and what is not counted, in one or two sentences.
    public let help: String
    /// The labels beside `target`, in alphabetical order.
    public let labels: [String]
    /// Those of the labels whose values have no end, since clients choose them: a budget makes “other” of these only.
    package let openLabels: Set<String>
    package let lifetime: SampleLifetime
    /// Upper bounds of the buckets, for histograms; `+Inf` is implied.
    public let buckets: [Double]

    package init(
        _ name: String, _ type: MetricType, unit: String? = nil, labels: [String] = [], openLabels: Set<String>? = nil,
        buckets: [Double] = [], lifetime: SampleLifetime? = nil, help: String
    ) {
        precondition(openLabels?.isSubset(of: labels) ?? true, "\(name) has an open label that it has not")
        self.name = name
        self.type = type
        self.unit = unit
        self.help = help
        self.labels = labels.sorted()
        self.openLabels = openLabels ?? Set(labels)
        self.buckets = buckets
        self.lifetime = lifetime ?? Self.naturalLifetime(of: type)
    }

    /// Declares a family of a service's own.
    ///
    /// - Parameters:
    ///   - name: Suffixes included: `orders_total`, `order_duration_seconds`.
    ///   - labels: The names of the labels that its series carry, in any order.
    ///   - buckets: Upper bounds, ascending, for a histogram only; `+Inf` is implied.
    ///   - help: What is and what is not counted.
    /// - Precondition: Prometheus can read the names, a counter's ends in `_total`, and a histogram, and nothing else,
    ///   has buckets.
    public init(
        name: String, type: MetricType, labels: [String] = [], buckets: [Double] = [], help: String
    ) {
        precondition(name.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil, "\(name) cannot be a metric's name")
        for label in labels {
            precondition(
                label.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil && !label.hasPrefix("__") && label != "le",
                "\(label) cannot be a label of \(name)")
        }
        precondition(type != .counter || name.hasSuffix("_total"), "the name of a counter ends in _total: \(name)")
        precondition((type == .histogram) == !buckets.isEmpty, "a histogram, and nothing else, has buckets: \(name)")
        self.init(name, type, labels: labels, buckets: buckets, help: help)
    }

    /// The labels of the series that these are folded into where there is no room for one of their own.
    package func folding(_ labels: Labels) -> Labels {
        openLabels.count == self.labels.count ? labels.folded : labels.folding(openLabels)
    }

    private static func naturalLifetime(of type: MetricType) -> SampleLifetime {
        switch type {
        case .counter, .histogram: .kept
        case .gauge, .info, .stateset, .unknown: .whileUp
        }
    }
}
