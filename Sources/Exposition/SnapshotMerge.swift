extension Snapshot {
    /// Several targets' snapshots as one list of families: each name once, sorted, samples sorted by labels.
    ///
    /// The snapshots' series differ in their `target` label, so nothing has to be added up here.
    package static func merging(_ snapshots: [Snapshot]) -> [MetricFamily] {
        var places: [String: Int] = [:]
        var families: [MetricFamily] = []
        var mixed: Set<Int> = []
        for family in snapshots.lazy.flatMap(\.families) {
            if let place = places[family.descriptor.name] {
                families[place].samples += family.samples
                mixed.insert(place)
            } else {
                places[family.descriptor.name] = families.count
                families.append(family)
            }
        }
        // What comes from one snapshot is sorted already.
        for place in mixed { families[place].samples.sort { $0.labels < $1.labels } }
        return families.sorted { $0.descriptor.name.utf8.lexicographicallyPrecedes($1.descriptor.name.utf8) }
    }
}
