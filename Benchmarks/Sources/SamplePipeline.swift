import Collectors
import Exposition
import Observations

/// What becomes of one answer of the activity: facts, all collectors of a PostgreSQL target, and, for whoever asks, the
/// families.
struct SamplePipeline {
    private static let target = TargetProfile(name: "main", kind: .postgres)

    private var collectors = Collectors.make(for: target)
    private var facts = Facts()
    private var builder = SnapshotBuilder(constant: [Label("target", Self.target.name)], isUp: true)

    mutating func tick(_ table: any ResultTable) throws(DecodeError) {
        try decode(table)
        collect()
    }

    mutating func decode(_ table: any ResultTable) throws(DecodeError) {
        facts.beginTick()
        try facts.store(table, from: ActivitySource.self, for: Self.target)
    }

    mutating func collect() {
        for index in collectors.indices { collectors[index].observe(facts) }
    }

    /// Makes all families, as for a page.
    mutating func publish() {
        builder.beginTick(isUp: true)
        for collector in collectors { collector.emit(into: &builder) }
        precondition(!builder.build().families.isEmpty)
    }
}
