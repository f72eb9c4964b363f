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
    /// What is declared, behind one reference: it goes with every family into every snapshot.
    private final class Declaration: Sendable {
        let fields: Fields
        let text: DeclaredText

        init(_ fields: Fields) {
            self.fields = fields
            text = DeclaredText(fields.name, fields.type, unit: fields.unit, buckets: fields.buckets)
        }
    }

    private struct Fields: Sendable, Hashable {
        let name: String
        let type: MetricType
        let unit: String?
        let help: String
        let labels: [String]
        let openLabels: Set<String>
        let lifetime: SampleLifetime
        let buckets: [Double]
    }

    private let declaration: Declaration

    /// The name as it stands in the exposition, suffix included (`…_total`, `…_info`).
    public var name: String { declaration.fields.name }
    public var type: MetricType { declaration.fields.type }
    /// The base unit that ends the name (`seconds`, `bytes`, `ratio`), or nil for counts.
    package var unit: String? { declaration.fields.unit }
    /// What is and what is not counted, in one or two sentences.
    public var help: String { declaration.fields.help }
    /// The labels beside `target`, in alphabetical order.
    public var labels: [String] { declaration.fields.labels }
    /// Those of the labels whose values have no end, since clients choose them: a budget makes “other” of these only.
    package var openLabels: Set<String> { declaration.fields.openLabels }
    package var lifetime: SampleLifetime { declaration.fields.lifetime }
    /// Upper bounds of the buckets, for histograms; `+Inf` is implied.
    public var buckets: [Double] { declaration.fields.buckets }
    var text: DeclaredText { declaration.text }

    package init(
        _ name: String, _ type: MetricType, unit: String? = nil, labels: [String] = [], openLabels: Set<String>? = nil,
        buckets: [Double] = [], lifetime: SampleLifetime? = nil, help: String
    ) {
        precondition(openLabels?.isSubset(of: labels) ?? true, "\(name) has an open label that it has not")
        declaration = Declaration(
            Fields(
                name: name, type: type, unit: unit, help: help, labels: labels.sorted(),
                openLabels: openLabels ?? Set(labels), lifetime: lifetime ?? Self.naturalLifetime(of: type),
                buckets: buckets))
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.declaration === right.declaration || left.declaration.fields == right.declaration.fields
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(declaration.fields) }

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
