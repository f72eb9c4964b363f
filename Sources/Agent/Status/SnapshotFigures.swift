import Exposition

/// The numbers of some snapshots, by family and labels. Looked up one by one: a page shows a few families of hundreds.
struct SnapshotFigures {
    private let snapshots: [Snapshot]

    init(_ snapshots: [Snapshot]) {
        self.snapshots = snapshots
    }

    /// Every finite number of a gauge or a counter.
    func all(_ family: FamilyDescriptor) -> [Labels: Double] { all(family.name) }

    func all(_ family: String) -> [Labels: Double] {
        var numbers: [Labels: Double] = [:]
        for snapshot in snapshots {
            for sample in snapshot.samples(of: family) {
                guard case .number(let number) = sample.value, number.isFinite else { continue }
                numbers[sample.labels] = number
            }
        }
        return numbers
    }

    /// The numbers of a family, added up over all labels but some.
    func sums(_ family: FamilyDescriptor, by names: [String]) -> [Labels: Double] {
        var sums: [Labels: Double] = [:]
        for (labels, number) in all(family) {
            sums[Labels(names.map { Label($0, labels[$0] ?? "") }), default: 0] += number
        }
        return sums
    }

    /// When the newest good sample of each target was taken, in seconds since 1970.
    func newestSamples() -> [String: Double] {
        var newest: [String: Double] = [:]
        for (labels, time) in all(SamplerFamilies.sampleTimestamp) {
            guard let target = labels["target"] else { continue }
            newest[target] = max(newest[target] ?? time, time)
        }
        return newest
    }
}
