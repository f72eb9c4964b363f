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
        samples(of: family).first { $0.labels == labels }?.value
    }

    /// A family's samples; none when the snapshot does not have it. Found by halves, since families are sorted.
    package func samples(of family: String) -> [Sample] {
        var (low, high) = (families.startIndex, families.endIndex)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = families[middle].descriptor.name.utf8.lexicographicallyPrecedes(family.utf8)
            if isBefore { low = middle + 1 } else { high = middle }
        }
        guard low < families.endIndex, families[low].descriptor.name == family else { return [] }
        return families[low].samples
    }
}

/// Gathers samples into a snapshot, or, tick after tick, into one snapshot after another.
///
/// Two samples with one name and the same labels are added up, never an error: what a client put into its
/// application_name must not be able to break a scrape.
public struct SnapshotBuilder: Sendable {
    /// Whether the target was read in this tick. When not, families that describe the moment are left out.
    package private(set) var isUp: Bool
    private let constant: [Label]
    /// Those of the last tick, sorted by name, before those that are new in this one.
    private var gathered: [GatheredFamily] = []
    /// How many of them the last tick had.
    private var settled = 0
    private var places: [String: Int] = [:]
    /// Where the last sample went: the next one mostly goes there, too.
    private var latest = 0
    /// Of the families, each time that one follows another.
    private var arrivals = ArrivalOrder()
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
        latest = place(of: descriptor.name)
        gathered[latest].add(descriptor, labels, value, created: created, in: tick)
    }

    private mutating func place(of name: String) -> Int {
        if latest < gathered.count, gathered[latest].name == name { return latest }
        if let place = arrivals.expected, gathered[place].name == name {
            arrivals.confirm()
            return place
        }
        let place = places[name] ?? gathered.count
        if place == gathered.count {
            places[name] = place
            gathered.append(GatheredFamily(name: name, constant: constant))
        }
        arrivals.replace(by: place)
        return place
    }

    /// Adds one number.
    package mutating func add(
        _ descriptor: FamilyDescriptor, _ labels: Labels = .none, _ value: Double, evenWhenDown: Bool
    ) {
        add(descriptor, labels, .number(value), evenWhenDown: evenWhenDown)
    }

    /// The snapshot: families by name, samples by labels.
    public func build() -> Snapshot {
        let families = gathered.compactMap { $0.family(in: tick) }
        return Snapshot(families: settled == gathered.count ? families : families.sorted(by: Self.areInOrder))
    }

    /// Begins the next snapshot, with no samples. What the last one did not have is forgotten.
    package mutating func beginTick(isUp: Bool) {
        self.isUp = isUp
        for index in gathered.indices { gathered[index].endTick(tick) }
        if settled < gathered.count || gathered.contains(where: \.isEmpty) { settle() }
        latest = gathered.endIndex
        arrivals.begin()
        tick += 1
    }

    private mutating func settle() {
        gathered = gathered.filter { !$0.isEmpty }.sorted { Self.precedes($0.name, $1.name) }
        places = Dictionary(uniqueKeysWithValues: zip(gathered.map(\.name), gathered.indices))
        settled = gathered.count
        arrivals.forget()
    }

    private static func areInOrder(_ left: MetricFamily, _ right: MetricFamily) -> Bool {
        precedes(left.descriptor.name, right.descriptor.name)
    }

    /// By bytes: the same order everywhere.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
