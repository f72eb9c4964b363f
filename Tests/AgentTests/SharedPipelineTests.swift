import Collectors
import Exposition
import Locking
import Observations
import PoolVocabulary
import Postgres
import Testing

@testable import Agent

@Suite("A pipeline that others look at")
struct SharedPipelineTests {
    private static let profile = TargetProfile(name: "main", kind: .postgres)

    private static func pipeline() -> SharedPipeline {
        let pipeline = SharedPipeline(
            TargetPipeline(profile: profile, interval: .seconds(1), board: ClusterBoard()))
        for event in [PipelineEvent.opened(version: "15.1"), .tickBegan, .tickEnded(.up, seconds: 0.01)] {
            _ = pipeline.apply(event, at: 1_764_000_000)
        }
        return pipeline
    }

    private func text(_ snapshot: Snapshot) -> String { String(decoding: TextEncoder.encode(snapshot), as: UTF8.self) }

    @Test("within a tick its families stay what they were at the end of the last, whatever happens in it")
    func withinATick() {
        let pipeline = Self.pipeline()
        let before = text(pipeline.snapshot())
        #expect(before.contains("pg_up{target=\"main\"} 1\n"))
        let answer = SourceAnswer(
            source: ActivitySource.self, duration: .seconds(1),
            result: .failure(PostgresError(kind: .timeout, message: "no answer")))
        // Another session in the place of the first, too: what the collectors knew is over at the end of the tick.
        for event in [PipelineEvent.tickBegan, .answered(answer), .lost, .opened(version: "15.1")] {
            _ = pipeline.apply(event, at: 1_764_000_001)
            #expect(text(pipeline.snapshot()) == before)
        }
        _ = pipeline.apply(.tickEnded(.timeout, seconds: 1), at: 1_764_000_002)
        let after = text(pipeline.snapshot())
        #expect(after.contains("pg_up{target=\"main\"} 0\n"))
        #expect(before != after)
        #expect(pipeline.snapshot() == pipeline.current.snapshot(), "the kept builder changes nothing")
    }

    @Test("how full the pools are is what the families say, at every moment of a recording")
    func saturations() {
        let header = SampleRecording.header
        var pipelines = header.targets.map {
            TargetPipeline(profile: $0.profile, interval: $0.interval, board: ClusterBoard())
        }
        var seen = 0
        for event in SampleRecording.events {
            pipelines[event.target].apply(event.event, at: event.time)
            let pipeline = pipelines[event.target]
            let families = SnapshotFigures([pipeline.snapshot()]).all(PoolFamilies.saturation)
            #expect(pipeline.saturations == families)
            seen += families.count
        }
        #expect(seen > 10)
    }

    @Test("a full server or pooler is full without an answer", arguments: [TargetKind.postgres, .pgbouncer])
    func refused(_ kind: TargetKind) {
        var pipeline = TargetPipeline(
            profile: TargetProfile(name: "main", kind: kind), interval: .seconds(1), board: ClusterBoard())
        pipeline.apply(.tickBegan, at: 1)
        pipeline.apply(.tickEnded(.tooManyConnections, seconds: 0.01), at: 1)
        #expect(pipeline.saturations.map(\.value) == [1])
        #expect(pipeline.saturations == SnapshotFigures([pipeline.snapshot()]).all(PoolFamilies.saturation))
    }

    @Test("families are made when somebody asks, once for all who do, and not for ticks that nobody looks at")
    func madeOnce() async {
        let made = Guarded(0)
        let store = SnapshotStore(targets: [Self.profile])
        let status = TargetStatus(profile: Self.profile, state: .up, sentence: nil, version: "", wasTried: true)
        for _ in 0..<3 {
            store.publish(status, .none, at: 0) {
                made.withLock { $0 += 1 }
                return .empty
            }
        }
        #expect(made.withLock { $0 } == 0)
        let view = store.current
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = view.snapshots } }
        }
        #expect(made.withLock { $0 } == 1)
    }

    @Test("whoever makes families meets the task that feeds, and nobody sees half of a tick")
    func concurrent() async {
        let pipeline = Self.pipeline()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for tick in 1...300 {
                    let time = 1_764_000_000 + Double(tick)
                    let state: TargetState = tick.isMultiple(of: 2) ? .up : .timeout
                    let answer = SourceAnswer(
                        source: ActivitySource.self, duration: .milliseconds(1),
                        result: .failure(PostgresError(kind: .timeout, message: "no answer")))
                    for event in [PipelineEvent.tickBegan, .answered(answer), .tickEnded(state, seconds: 0.01)] {
                        _ = pipeline.apply(event, at: time)
                    }
                }
            }
            for _ in 0..<3 {
                group.addTask {
                    for _ in 0..<100 {
                        let snapshot = pipeline.snapshot()
                        let target: Labels = ["target": "main"]
                        let ticks = snapshot.value("pg_exporter_scrapes_total", target)
                        let failures = snapshot.value(
                            "poolscope_samples_total",
                            ["target": "main", "collector": "activity", "outcome": "timeout"])
                        // Each tick but the first has one, and gauges only stand where the target is up.
                        if case .number(let ticks) = ticks, case .number(let failures) = failures {
                            #expect(failures == ticks - 1)
                        }
                        #expect(snapshot.value("pg_up", target) == snapshot.value("poolscope_target_up", target))
                    }
                }
            }
        }
    }
}
