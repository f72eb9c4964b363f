import TestSupport
import Testing

@testable import Exposition

/// A builder that is kept from tick to tick says what a new one would say.
@Suite("A kept builder")
struct KeptBuilderTests {
    private struct Addition {
        let descriptor: FamilyDescriptor
        let labels: Labels
        let value: SampleValue
        let created: Double?
    }

    private static let constant = [Label("target", "main")]

    private let gauge = FamilyDescriptor("a_gauge", .gauge, help: "G.")
    private let counter = FamilyDescriptor("b_total", .counter, help: "C.")
    private let histogram = FamilyDescriptor("c_seconds", .histogram, buckets: [1], help: "H.")

    @Test("any ticks: series come, go, double and return; the target goes down and up again")
    func randomTicks() {
        var random = SeededRandom(seed: 77)
        for _ in 0..<40 {
            var kept = SnapshotBuilder(constant: Self.constant, isUp: true)
            var additions: [Addition] = []
            for _ in 0..<25 {
                // Often the same series once more, as of a server that does not change.
                if additions.isEmpty || Int.random(in: 0..<3, using: &random) == 0 { additions = some(&random) }
                let isUp = Int.random(in: 0..<5, using: &random) > 0
                var new = SnapshotBuilder(constant: Self.constant, isUp: isUp)
                kept.beginTick(isUp: isUp)
                for addition in additions {
                    new.add(addition.descriptor, addition.labels, addition.value, created: addition.created)
                    kept.add(addition.descriptor, addition.labels, addition.value, created: addition.created)
                }
                let (expected, snapshot) = (new.build(), kept.build())
                #expect(snapshot == expected)
                #expect(kept.build() == expected, "it can be asked twice")
                for format in ExpositionFormat.allCases {
                    #expect(format.encode(snapshot.families) == format.encode(expected.families))
                }
            }
        }
    }

    private func some(_ random: inout SeededRandom) -> [Addition] {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
            let descriptor = [gauge, counter, histogram].randomElement(using: &random) ?? gauge
            var labels: [Label] = []
            // A label of the same name as the constant one is replaced by it, and so may make two series one.
            for name in ["a", "target", "z"] where Bool.random(using: &random) {
                labels.append(Label(name, ["", "x\"y", "ü\n"].randomElement(using: &random) ?? ""))
            }
            var distribution = Histogram(bounds: [1])
            distribution.observe(Double.random(in: 0...2, using: &random))
            // Negative zero is another number than zero for whoever reads the page.
            let numbers: [Double] = [-0.0, 0, 1, 2, 9]
            let number: Double = numbers.randomElement(using: &random) ?? 0
            return Addition(
                descriptor: descriptor, labels: Labels(labels),
                value: descriptor.type == .histogram ? .histogram(distribution) : .number(number),
                created: Bool.random(using: &random) ? number : nil)
        }
    }

    @Test("a snapshot that was made stays as it was")
    func snapshotsStay() {
        var builder = SnapshotBuilder(constant: Self.constant, isUp: true)
        builder.add(gauge, ["a": "1"], 1)
        let first = builder.build()
        builder.beginTick(isUp: true)
        builder.add(gauge, ["a": "1"], 2)
        builder.add(gauge, ["a": "0"], 3)
        let second = builder.build()
        #expect(first.families.first?.samples.map(\.value) == [.number(1)])
        #expect(second.families.first?.samples.map(\.value) == [.number(3), .number(2)])
    }

    @Test("a family is described as the last tick described it")
    func describedAnew() {
        var builder = SnapshotBuilder(isUp: true)
        builder.add(gauge, .none, 1)
        builder.beginTick(isUp: true)
        builder.add(FamilyDescriptor("a_gauge", .gauge, help: "Another server's."), .none, 1)
        #expect(builder.build().families.first?.descriptor.help == "Another server's.")
    }
}
