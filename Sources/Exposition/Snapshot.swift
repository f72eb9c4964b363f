/// All metric families of one target after one tick; immutable, sorted by name.
///
/// `SnapshotBuilder` makes it, `TextEncoder` writes it.
public struct Snapshot: Sendable, Equatable {
    package let families: [MetricFamily]

    package static let empty = Snapshot(families: [])

    init(families: [MetricFamily]) {
        self.families = families
    }

    /// The value of one series, for tests and for pages that show a figure.
    package func value(_ family: String, _ labels: Labels) -> SampleValue? {
        families.first { $0.descriptor.name == family }?.samples.first { $0.labels == labels }?.value
    }
}

/// Gathers samples into a snapshot, or, tick after tick, into one snapshot after another.
///
/// Two samples with one name and the same labels are added up, never an error: what a client put into its
/// application_name must not be able to break a scrape.
public struct SnapshotBuilder {
    /// Whether the target was read in this tick. When not, families that describe the moment are left out.
    package private(set) var isUp: Bool
    private let constant: [Label]
    private var gathered: [String: GatheredFamily] = [:]
    /// Counts the ticks. What is gathered stays for the next one: mostly it brings the same series again.
    private var tick: UInt64 = 0

    /// - Parameter constant: labels that every series carries, e.g. `target`.
    package init(constant: [Label] = [], isUp: Bool) {
        self.constant = constant
        self.isUp = isUp
    }

    /// - Parameter constant: Labels that every series carries, for instance the name of the service.
    public init(constant: [Label] = []) {
        self.init(constant: constant, isUp: true)
    }

    /// Adds one number, of a counter or a gauge.
    public mutating func add(_ descriptor: FamilyDescriptor, _ labels: Labels = .none, _ value: Double) {
        add(descriptor, labels, .number(value), evenWhenDown: false)
    }

    /// Adds one histogram.
    /// - Precondition: those with the same labels have the same buckets.
    public mutating func add(_ descriptor: FamilyDescriptor, _ labels: Labels = .none, _ histogram: Histogram) {
        add(descriptor, labels, .histogram(histogram), evenWhenDown: false)
    }

    /// Adds one sample.
    /// - Parameters:
    ///   - created: When a counter or a histogram began at zero, in seconds since 1970.
    ///   - evenWhenDown: publish although the target was not read: for what says why.
    package mutating func add(
        _ descriptor: FamilyDescriptor, _ labels: Labels = .none, _ value: SampleValue, created: Double? = nil,
        evenWhenDown: Bool = false
    ) {
        guard isUp || evenWhenDown || descriptor.lifetime == .kept else { return }
        gathered[descriptor.name, default: GatheredFamily(constant: constant)]
            .add(descriptor, labels, value, created: created, in: tick)
    }

    /// Adds one number.
    package mutating func add(
        _ descriptor: FamilyDescriptor, _ labels: Labels = .none, _ value: Double, evenWhenDown: Bool
    ) {
        add(descriptor, labels, .number(value), evenWhenDown: evenWhenDown)
    }

    /// The snapshot: families by name, samples by labels.
    public func build() -> Snapshot {
        let families = gathered.values.compactMap { $0.family(in: tick) }
            .sorted { $0.descriptor.name.utf8.lexicographicallyPrecedes($1.descriptor.name.utf8) }
        return Snapshot(families: families)
    }

    /// Begins the next snapshot, with no samples. What the last one did not have is forgotten.
    package mutating func beginTick(isUp: Bool) {
        self.isUp = isUp
        for index in gathered.values.indices { gathered.values[index].endTick(tick) }
        if gathered.values.contains(where: \.isEmpty) { gathered = gathered.filter { !$0.value.isEmpty } }
        tick += 1
    }
}
