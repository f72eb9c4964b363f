extension Snapshot {
    /// Several targets' snapshots as one list of families: each name once, sorted, samples sorted by labels.
    ///
    /// The snapshots' series differ in their `target` label, so nothing has to be added up here.
    package static func merging(_ snapshots: [Snapshot]) -> [MetricFamily] {
        var byName: [String: MetricFamily] = [:]
        for family in snapshots.lazy.flatMap(\.families) {
            byName[family.descriptor.name, default: MetricFamily(family.descriptor, [])].samples += family.samples
        }
        return byName.values
            .map { MetricFamily($0.descriptor, $0.samples.sorted { $0.labels < $1.labels }) }
            .sorted { $0.descriptor.name.utf8.lexicographicallyPrecedes($1.descriptor.name.utf8) }
    }
}
