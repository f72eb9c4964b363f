/// One family under construction, and what stays of it from one snapshot to the next: the labels of its series with the
/// constant ones, their text, and their order.
///
/// A tick over an unchanged server brings the series of the last one: then their values are all that is set.
struct GatheredFamily {
    let name: String
    private let constant: [Label]
    private var descriptor: FamilyDescriptor?
    /// Those of the last snapshot, sorted, before those that were not in it.
    private var samples: [Sample] = []
    /// How many of them the last snapshot had.
    private var settled = 0
    /// The labels as they were added, without the constant ones, by place; and the way back.
    private var keys: [Labels] = []
    private var places: [Labels: Int] = [:]
    private var arrivals = ArrivalOrder()
    /// In which tick each sample was set last.
    private var ticks: [UInt64] = []
    /// The tick in which a sample was set last, and how many were.
    private var tick: UInt64?
    private var count = 0

    init(name: String, constant: [Label]) {
        self.name = name
        self.constant = constant
    }

    var isEmpty: Bool { samples.isEmpty }

    mutating func add(
        _ descriptor: FamilyDescriptor, _ labels: Labels, _ value: SampleValue, created: Double?, in tick: UInt64
    ) {
        if self.tick != tick {
            (self.descriptor, self.tick, count) = (descriptor, tick, 0)
            arrivals.begin()
        }
        let key = key(of: labels)
        guard let place = place(of: key) else {
            arrivals.replace(by: samples.count)
            places[key] = samples.count
            keys.append(key)
            samples.append(
                Sample(constant.reduce(key) { $0.adding($1.name, $1.value) }, value, created: created))
            ticks.append(tick)
            count += 1
            return
        }
        if ticks[place] == tick {
            samples[place].merge(value, created: created)
        } else {
            set(value, created: created, at: place)
            ticks[place] = tick
            count += 1
        }
    }

    private mutating func place(of key: Labels) -> Int? {
        if let place = arrivals.expected, keys[place] == key {
            arrivals.confirm()
            return place
        }
        guard let place = places[key] else { return nil }
        arrivals.replace(by: place)
        return place
    }

    /// Writes only what differs: the last snapshot has the same list, and the first change of it copies it.
    private mutating func set(_ value: SampleValue, created: Double?, at place: Int) {
        let old = samples[place]
        if old.created?.bitPattern != created?.bitPattern { samples[place].created = created }
        // By their bits: a page tells -0 from 0.
        if case (.number(let old), .number(let new)) = (old.value, value), old.bitPattern == new.bitPattern { return }
        samples[place].value = value
    }

    /// The family as this tick has it, samples sorted by labels; nil when it has none.
    func family(in tick: UInt64) -> MetricFamily? {
        guard self.tick == tick, let descriptor else { return nil }
        return MetricFamily(descriptor, isSettled ? samples : order(in: tick).map { samples[$0] })
    }

    /// Forgets what was not set in this tick, and sorts what was.
    mutating func endTick(_ tick: UInt64) {
        guard self.tick != tick || !isSettled else { return }
        let order = order(in: tick)
        samples = order.map { samples[$0] }
        keys = order.map { keys[$0] }
        ticks = order.map { ticks[$0] }
        places = Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
        settled = samples.count
        arrivals.forget()
    }

    /// Whether this tick has set the samples of the last snapshot, and no others.
    private var isSettled: Bool { settled == samples.count && count == settled }

    /// The places of the samples of a tick, by their labels.
    private func order(in tick: UInt64) -> [Int] {
        ticks.indices.filter { ticks[$0] == tick }.sorted { samples[$0].labels < samples[$1].labels }
    }

    /// What tells this family's series apart: a constant label replaces one of the same name, so that two which differ in
    /// that alone are one.
    private func key(of labels: Labels) -> Labels {
        guard constant.contains(where: { labels[$0.name] != nil }) else { return labels }
        return Labels(labels.pairs.filter { pair in !constant.contains { $0.name == pair.name } })
    }
}
