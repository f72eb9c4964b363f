extension Snapshot {
    /// Several targets' snapshots as one list of families: each name once, sorted, samples sorted by labels.
    ///
    /// The snapshots' series differ in their `target` label, so nothing has to be added up here.
    package static func merging(_ snapshots: [Snapshot]) -> [MetricFamily] {
        // Each snapshot is sorted: to sort them all is to merge them.
        let all = snapshots.flatMap(\.families).sorted {
            $0.descriptor.name.utf8.lexicographicallyPrecedes($1.descriptor.name.utf8)
        }
        var families: [MetricFamily] = []
        families.reserveCapacity(all.count)
        var mixed: [Int] = []
        for family in all {
            let last = families.count - 1
            if last >= 0, families[last].descriptor.name == family.descriptor.name {
                families[last].samples += family.samples
                if mixed.last != last { mixed.append(last) }
            } else {
                families.append(family)
            }
        }
        // What comes from one snapshot is sorted already.
        for place in mixed { families[place].samples.sort { $0.labels < $1.labels } }
        return families
    }
}
