import Locking
import TestSupport
import Testing

@Suite("Ground truth: known work, the server's log, and what Poolscope says", .timeLimit(.minutes(10)))
struct GroundTruthTests {
    private static let settings = [
        GroundTruthMeasurement.Setting(seed: 1),
        GroundTruthMeasurement.Setting(seed: 2),
        GroundTruthMeasurement.Setting(seed: 3, interval: .milliseconds(250)),
        GroundTruthMeasurement.Setting(version: .sixteen, seed: 4),
        GroundTruthMeasurement.Setting(version: .eighteen, seed: 5),
    ].filter { PostgresVersion.all.contains($0.version) }

    @Test(
        "what lasts longer than the interval is there once with its duration; totals and percentiles are the server's")
    func truth() async throws {
        // Side by side: the workload mostly sleeps.
        let arrivals = Guarded(0)
        let measurements = try await withThrowingTaskGroup(of: (Int, GroundTruthMeasurement).self) { group in
            for (place, setting) in Self.settings.enumerated() {
                group.addTask {
                    let measurement = try await GroundTruthMeasurement.take(setting) {
                        let arrival = arrivals.withLock { count in
                            defer { count += 1 }
                            return count
                        }
                        // Whoever comes is one of the present round: nobody begins the next before this one is whole.
                        let round = arrival / Self.settings.count + 1
                        try await eventually("all are there", within: .seconds(120)) {
                            arrivals.withLock { $0 } >= round * Self.settings.count
                        }
                    }
                    return (place, measurement)
                }
            }
            var found: [Int: GroundTruthMeasurement] = [:]
            for try await (place, measurement) in group { found[place] = measurement }
            return found.sorted { $0.key < $1.key }.map(\.value)
        }
        let report = AccuracyReport(measurements: measurements)
        for section in AccuracyDocument.Section.allCases where section != .method {
            if let text = report.text(section) { print(text) }
        }
        for measurement in measurements { check(measurement) }
        guard AccuracyDocument.isToBeUpdated else { return }
        for section in AccuracyDocument.Section.allCases {
            if let text = report.text(section) { try AccuracyDocument.update(section, text) }
        }
    }

    private func check(_ measurement: GroundTruthMeasurement) {
        let name = "\(measurement.setting)"
        for each in measurement.comparisons {
            #expect(
                each.longCount - each.passedOver >= 5, "the workload has too little of \(each.kind.rawValue), \(name)")
            #expect(each.missing.isEmpty, "\(each.kind.rawValue), \(name)")
            #expect(each.surplus.isEmpty, "\(each.kind.rawValue), \(name)")
            #expect((each.exactErrors.map(abs).max() ?? 0) <= 0.05, "\(each.kind.rawValue), \(name)")
            #expect(
                (each.estimatedErrors.map(abs).max() ?? 0) <= measurement.longestGap, "\(each.kind.rawValue), \(name)")
        }
        for quantile in [0.95, 0.99] {
            let bucket = measurement.histogram.bucket(of: quantile, among: measurement.population)
            #expect(bucket != nil && bucket?.published == bucket?.true, "p\(quantile), \(name)")
        }
        guard let statistics = measurement.statistics else { return }
        #expect(measurement.source == "reconciled", "\(name)")
        // Equal in nearly every run. On a busy machine the errors of estimated ends can leave a short statement without
        // its call: then it stands on top of the server's count.
        #expect((0...1).contains(measurement.published.count - statistics.count), "\(name)")
        #expect(abs(measurement.published.seconds - statistics.seconds) < 0.001 * statistics.seconds, "\(name)")
    }

    @Test("docs/accuracy.md has every section, each with figures")
    func document() throws {
        let document = try AccuracyDocument.read()
        for section in AccuracyDocument.Section.allCases {
            #expect(document.contains("\n## \(section.rawValue)\n"))
        }
        #expect(document.contains("UPDATE_ACCURACY=1"))
        #expect(document.split(separator: "\n").count { $0.hasPrefix("| 1") } >= Self.settings.count * 4)
    }
}
