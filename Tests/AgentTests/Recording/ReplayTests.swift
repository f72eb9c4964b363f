import Compression
import Exposition
import Foundation
import Observations
import TestSupport
import Testing

@testable import Agent

@Suite("Replay")
struct ReplayTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Recordings/versions.rec")

    /// Plays the committed recording to its end, or to the end of a tick.
    ///
    /// `RECORD_SAMPLE=1 swift test --filter ReplayTests` writes the file anew. It is committed because what was recorded
    /// once must be readable for ever: format 1 stays format 1.
    private func play(to last: Int = .max) throws -> (metrics: MetricsText, ticks: [ReplayedTick]) {
        if ProcessInfo.processInfo.environment["RECORD_SAMPLE"] == "1" {
            try Data(Gzip.compress(SampleRecording.versions().bytes, level: .best)).write(to: Self.file)
        }
        var player = try RecordingPlayer(path: Self.file.path())
        var ticks: [ReplayedTick] = []
        while ticks.count < last, let tick = try player.nextTick() { ticks.append(tick) }
        #expect(player.takeWarnings() == [])
        return (try MetricsText(parsing: player.metrics), ticks)
    }

    @Test("the committed recording lists its ticks")
    func ticks() throws {
        let ticks = try play().ticks
        #expect(ticks.map(\.number) == Array(1...11))
        #expect(ticks.prefix(7).map(\.target) == BouncerFixture.all.map { "bouncer-\($0.version)" })
        #expect(ticks.prefix(7).allSatisfy { $0.state == .up && $0.good == 3 && $0.failed == 0 && $0.rows == 4 })
        #expect(ticks.suffix(4).map(\.state) == [.up, .up, .disconnected, .up])
        #expect(ticks.suffix(4).map(\.good) == [2, 2, 0, 1])
        #expect(ticks.suffix(4).map(\.failed) == [0, 0, 1, 0])
        #expect(ticks.suffix(4).map(\.rows) == [7, 7, 0, 4])
    }

    @Test("the committed recording gives the figures of PgBouncer 1.8 to 1.25", arguments: BouncerFixture.all)
    func bouncer(_ fixture: BouncerFixture) throws {
        let metrics = try play().metrics
        let pool = ["target": "bouncer-\(fixture.version)", "database": "app", "user": "web"]
        #expect(metrics.series("poolscope_pool_waiting_clients", pool) == 4)
        #expect(metrics.series("poolscope_pool_oldest_wait_seconds", pool) == 2.25)
        #expect(metrics.series("poolscope_pool_size", pool) == 5)
        #expect(metrics.series("poolscope_pool_connections", pool.merging(["state": "busy"]) { $1 }) == 3)
        let target = ["target": "bouncer-\(fixture.version)"]
        #expect(
            metrics.series("poolscope_target_info", target.merging(["server_version": fixture.version + ".0"]) { $1 })
                == 1)
        let skipped = target.merging(["collector": "state", "outcome": "skipped"]) { $1 }
        #expect(metrics.series("poolscope_samples_total", skipped) == 1)
    }

    @Test("the committed recording gives the figures of PostgreSQL 15, at the end and tick by tick")
    func postgres() throws {
        let server = ["target": "server"]
        func figure(_ tick: Int, _ name: String, _ labels: [String: String] = [:]) throws -> Double? {
            try play(to: tick).metrics.series(name, server.merging(labels) { $1 })
        }
        let statements = "poolscope_query_duration_seconds"
        #expect(try figure(8, "poolscope_connections", ["state": "active", "datname": "shop"]) == 2)
        #expect(try figure(8, statements + "_count", ["datname": "shop"]) ?? 0 == 0)
        #expect(try figure(9, statements + "_count", ["datname": "shop"]) == 1)
        #expect(try figure(9, statements + "_sum", ["datname": "shop"]) == 5.5)
        #expect(try figure(9, "poolscope_pool_size") == 17)
        #expect(try figure(9, "poolscope_oldest_idle_in_transaction_seconds", ["datname": "shop"]) == 60)
        #expect(try figure(10, "pg_up") == 0)
        #expect(try figure(10, "poolscope_pool_size") == nil)
        #expect(try figure(10, statements + "_count", ["datname": "shop"]) == 1)
        #expect(try figure(11, "pg_up") == 1)
        #expect(try figure(11, "poolscope_oldest_query_seconds", ["datname": "shop"]) == 4)
        #expect(try figure(11, "poolscope_samples_total", ["collector": "activity", "outcome": "ok"]) == 3)
        #expect(try figure(11, "poolscope_samples_total", ["collector": "activity", "outcome": "error"]) == 1)
        #expect(try figure(11, "poolscope_samples_total", ["collector": "activity", "outcome": "skipped"]) == 1)
        let sampled = try #require(try figure(11, "poolscope_sample_timestamp_seconds", ["collector": "activity"]))
        #expect(abs(sampled - SampleRecording.start - 2.1) < 0.1)
    }

    @Test("a replay publishes what the pipelines published, byte for byte, after every tick")
    func sameAsLive() throws {
        let header = SampleRecording.header
        let board = ClusterBoard()
        var pipelines = header.targets.map {
            TargetPipeline(profile: $0.profile, interval: $0.interval, board: board)
        }
        var live: [[UInt8]] = []
        var published = pipelines.map { $0.snapshot() }
        for event in SampleRecording.events {
            pipelines[event.target].apply(event.event, at: event.time)
            guard case .tickEnded = event.event else { continue }
            published[event.target] = pipelines[event.target].snapshot()
            live.append(TextEncoder.encode(Snapshot.merging(published)))
        }
        var replay: Replay?
        var replayed: [[UInt8]] = []
        _ = try read(SampleRecording.versions().bytes) { item in
            switch item {
            case .header(let it): replay = Replay(it)
            case .gap: break
            case .event(let event, let rows):
                guard replay?.apply(event, rows: rows) != nil, let replay else { return }
                replayed.append(TextEncoder.encode(replay.families))
            }
        }
        #expect(replayed.count == SampleRecording.versions().ticks)
        #expect(replayed == live)
        // The events after the last tick, of one that was cut off, have no effect.
        #expect(replay.map { TextEncoder.encode($0.families) } == live.last)
    }
}
