import Demo
import Exposition
import Foundation
import Glibc
import Locking
import Logging
import Observations
import TestSupport
import Testing

@testable import Agent

/// `poolscope record FILE …`, to its end.
private func record(_ file: String, _ arguments: [String]) async throws -> Tool.Outcome {
    try await runTool(
        ProductsDirectory.poolscope, ["record", file] + arguments,
        environment: ["PGPASSWORD": nil, "DATA_SOURCE_NAME": nil])
}

private func replay(_ file: String, _ arguments: [String] = []) async throws -> Tool.Outcome {
    try await runTool(ProductsDirectory.poolscope, ["replay", file] + arguments)
}

/// What `zcat` makes of a file, whether or not its end is there.
private func contains(_ file: String, _ text: String) async throws -> Bool {
    let outcome = try await runTool("sh", ["-c", #"gzip -dc <"$1" 2>/dev/null | grep -caF "$2""#, "sh", file, text])
    return (Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 0
}

@Suite("Recording and replay", .timeLimit(.minutes(10)))
struct RecordingTests {
    private static let marker = "marker_that_stands_in_a_text"

    /// A statement of 1.5 s, after which its session stays for a while.
    private static func statement(on server: PrivatePostgres) async throws {
        let script = #"{ echo "SELECT pg_sleep(1.5) AS \#(marker);"; sleep 4; } | psql -X -q -d "$1""#
        _ = try await runTool("sh", ["-c", script, "sh", server.dsn(database: "shop", user: "app")])
    }

    @Test("what was recorded of a server and its pooler is replayed with the figures that they had")
    func figures() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory,
                databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop pool_size=2"],
                settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            let file = directory.path + "/a.rec"
            let secret = "hunter2-SECRET"
            let targets = [
                "--postgres", server.dsn(user: "poolscope", password: secret), "--pgbouncer",
                bouncer.dsn(user: "poolscope", password: secret),
            ]
            let recorded = try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let dsn = bouncer.dsn(database: "shop", user: "app")
                        do {
                            _ = try await runTool("psql", ["-X", "-d", dsn, "-c", "SELECT pg_sleep(60)"])
                        } catch is CancellationError {}
                    }
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(1.5))
                    try await Self.statement(on: server)
                }
                defer { group.cancelAll() }
                return try await record(file, targets + ["--duration", "6s"])
            }
            #expect(recorded.status == 0, "\(recorded.error)")
            #expect(recorded.output.contains("0 failed"))
            #expect(!(recorded.output + recorded.error).contains(secret))

            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try await !contains(file, Self.marker))
            #expect(try await !contains(file, secret))
            #expect(try await contains(file, "client backend"))

            let list = try await replay(file, ["--list"])
            #expect(list.status == 0 && list.error.isEmpty, "\(list.error)")
            let ticks = list.output.split(separator: "\n")
            #expect(10...14 ~= ticks.count)
            #expect(ticks.allSatisfy { $0.contains("state=up") })
            let end = try await replay(file)
            let metrics = try MetricsText(parsing: end.output)
            let samples = metrics.sum("poolscope_samples_total", ["collector": "activity", "outcome": "ok"])
            #expect(samples == Double(ticks.count { $0.contains("target=127.0.0.1:\(server.port) ") }))
            // The statements of the pooler's clients go on.
            #expect(metrics.series("poolscope_query_duration_seconds_count", ["datname": "shop"]) == 1)
            let seconds = try #require(metrics.series("poolscope_query_duration_seconds_sum", ["datname": "shop"]))
            #expect(abs(seconds - 1.5) < 0.1)
            let pool = ["pooler": "pgbouncer", "database": "shop", "user": "app"]
            #expect(metrics.series("poolscope_pool_waiting_clients", pool) == 2)
            #expect(metrics.series("poolscope_pool_connections", pool.merging(["state": "busy"]) { $1 }) == 2)
            #expect(metrics.types["process_cpu_seconds_total"] == nil)
            #expect(metrics.types["poolscope_build_info"] == nil)

            // The last of all ticks is the end, and a tick that is not there is said.
            let last = try await replay(file, ["--tick", "\(ticks.count)"])
            #expect(last.output == end.output)
            let beyond = try await replay(file, ["--tick", "\(ticks.count + 1)"])
            #expect(beyond.status == 1 && beyond.error.contains("has \(ticks.count) ticks"))
            let every = try await replay(file, ["--every-tick"]).output
            #expect(every.split(separator: "\n").count { $0.hasPrefix("# tick ") } == ticks.count)
            #expect(every.hasSuffix(end.output))
            let piped = try await runTool(
                "sh", ["-c", #""$1" replay - <"$2""#, "sh", ProductsDirectory.poolscope, file])
            #expect(piped.output == end.output)
        }
    }

    @Test("texts of statements are there when they were asked for, and nothing else changes")
    func queryText() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let target = ["--postgres", server.dsn(user: "poolscope"), "--duration", "4s"]
            let file = directory.path + "/text.rec"
            try await withPsql(server, application: "holder", script: "SELECT pg_sleep(100) AS \(Self.marker)") {
                #expect(try await record(file, target + ["--with-query-text"]).status == 0)
                #expect(try await contains(file, Self.marker))
                let metrics = try MetricsText(parsing: try await replay(file).output)
                #expect(metrics.sum("poolscope_connections", ["application_name": "holder"]) == 1)
                #expect(metrics.sum("poolscope_unknown_columns") ?? 0 == 0)

                // A file that is there is not overwritten, but with --force.
                let before = try Data(contentsOf: URL(filePath: file))
                let refused = try await record(file, target)
                #expect(refused.status == 1)
                #expect(refused.error.contains("exists already; --force"))
                #expect(try Data(contentsOf: URL(filePath: file)) == before)
                #expect(chmod(file, 0o644) == 0)
                #expect(try await record(file, target + ["--force"]).status == 0)
                #expect(try await !contains(file, Self.marker))
                let attributes = try FileManager.default.attributesOfItem(atPath: file)
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    @Test(
        "a recording that was killed is readable to its last second; one that was ended is whole",
        arguments: [
            SIGKILL, SIGTERM, SIGINT,
        ])
    func ends(_ signal: Int32) async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let file = directory.path + "/killed.rec"
            let arguments = ["record", file, "--postgres", server.dsn(user: "poolscope"), "--interval", "200ms"]
            let ended = Guarded(ContinuousClock.now)
            let end = try await withPoolscope(arguments) { poolscope in
                try await eventually("ten ticks are in the file") {
                    try await replay(file, ["--list"]).output.split(separator: "\n").count >= 10
                }
                ended.withLock { $0 = .now }
                poolscope.signal(signal)
                try await eventually("it has ended") { poolscope.hasEnded }
            }
            let played = try await replay(file)
            #expect(played.status == 0)
            let metrics = try MetricsText(parsing: played.output)
            // On a busy machine some ticks lie between samples, and some have none.
            let ticks = ["activity", "backend_count"].compactMap {
                metrics.series("poolscope_samples_total", ["collector": $0, "outcome": "ok"])
            }
            #expect(ticks.reduce(0, +) >= 5)
            if signal == SIGKILL {
                #expect(end.status == -SIGKILL)
                #expect(played.error.contains("warning: \(file): the recording ends early, after tick "))
            } else {
                #expect(end.status == 0)
                #expect(played.error.isEmpty)
                #expect(end.output.contains(" ticks, "))
                #expect(try await runTool("gzip", ["-t", "-S", ".rec", file]).status == 0)
            }
        }
    }

    @Test("a full disk and a reached limit end it in a sentence, and what is there can be replayed")
    func noRoom() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let target = ["--postgres", server.dsn(user: "poolscope"), "--interval", "100ms"]
            let small = directory.path + "/small.rec"
            let limited = try await record(small, target + ["--max-size", "24KiB"])
            #expect(limited.status == 0)
            #expect(limited.output.contains("limit of 24KiB"))
            let size = try #require(try FileManager.default.attributesOfItem(atPath: small)[.size] as? Int)
            #expect(size <= 24 << 10)
            #expect(try await replay(small).error.isEmpty)

            // A limit on the size of files is to a process what a full disk is.
            let full = directory.path + "/full.rec"
            let outcome = try await runTool(
                "bash",
                ["-c", #"ulimit -f 10; exec "$0" "$@""#, ProductsDirectory.poolscope, "record", full] + target)
            #expect(outcome.status == 1)
            #expect(outcome.error.contains("cannot be written any further"))
            let played = try await replay(full)
            #expect(played.status == 0)
            #expect(played.error.contains("ends early"))
        }
    }

    @Test("what cannot be recorded or replayed is a sentence and an exit code")
    func badInput() async throws {
        try await withPrivateDirectory { directory in
            let text = try directory.write("nothing of the kind", to: "text")
            let empty = try directory.write("", to: "empty")
            let newer = directory.path + "/newer.rec"
            _ = try await runTool("sh", ["-c", #"echo "poolscope recording 99" | gzip >"$1""#, "sh", newer])
            let table: [([String], Int32, String)] = [
                (["replay", directory.path + "/nowhere"], 1, "there is no such file"),
                (["replay", directory.path], 1, "this is a directory"),
                (["replay", text], 1, "no recording of Poolscope"), (["replay", empty], 1, "is empty"),
                (["replay", newer], 1, "format 99, of a newer Poolscope"),
                (["replay", "--tick", "0", text], 64, "from 1"),
                (["replay", "--list", "--every-tick", text], 64, "exclude each other"),
                (["record", directory.path], 2, "there is no target"),
                (["record", directory.path, "--postgres", "host=x"], 1, "exists already"),
                (["record", directory.path, "--force", "--postgres", "host=x"], 1, "is a directory"),
                (["record", directory.path + "/no/where", "--postgres", "host=x"], 1, "directory does not exist"),
                (["record", "/dev/null", "--force", "--postgres", "host=x"], 1, "not a regular file"),
                (["record", text, "--postgres", "host=x", "--max-size", "1"], 64, "is not a size"),
                (["record", text, "--postgres", "host=x", "--duration", "soon"], 64, "is not a duration"),
            ]
            for (arguments, status, words) in table {
                let outcome = try await runTool(
                    ProductsDirectory.poolscope, arguments,
                    environment: ["DATA_SOURCE_NAME": nil, "DATA_SOURCE_URI": nil])
                #expect(outcome.status == status, "\(arguments)")
                #expect(outcome.error.contains(words), "\(arguments): \(outcome.error)")
            }
            for command in ["record", "replay"] {
                let help = try await runTool(ProductsDirectory.poolscope, [command, "--help"])
                #expect(help.output.contains("poolscope \(command) "))
            }
        }
    }

    @Test("a server that is not there is recorded as what it is")
    func unreachable() async throws {
        try await withPrivateDirectory { directory in
            let file = directory.path + "/refused.rec"
            let recorded = try await record(
                file, ["--postgres", "host=127.0.0.1 port=1 user=x", "--duration", "2500ms"])
            #expect(recorded.status == 0)
            #expect(recorded.output.contains("refused at the end"))
            let metrics = try MetricsText(parsing: try await replay(file).output)
            #expect(metrics.series("poolscope_target_state", ["state": "refused"]) == 1)
            #expect(metrics.series("pg_up") == 0)
        }
    }
}

/// Encodes at once what it sees.
private final class EncodingTap: SampleTap {
    // Guards the recording so far.
    private let state: Guarded<(writer: RecordingWriter, bytes: [UInt8])>

    init(_ header: RecordingHeader) {
        let writer = RecordingWriter(header)
        state = Guarded((writer, writer.beginning))
    }

    func record(_ event: TimedEvent) {
        state.withLock { $0.bytes += $0.writer.records(of: event) }
    }

    var bytes: [UInt8] { state.withLock { $0.bytes } }
}

@Suite("A replay beside the live run", .timeLimit(.minutes(10)))
struct ReplayEqualityTests {
    @Test("a replay gives what the live run published, byte for byte, outages included")
    func equality() async throws {
        try await withPrivateDirectory { directory in
            let server = try await startServer(in: directory)
            let bouncer = try await PrivatePgBouncer.start(
                in: directory, databases: ["shop": "host=127.0.0.1 port=\(server.port) dbname=shop"],
                settings: ["stats_users": "poolscope"], users: ["app": "", "poolscope": ""])
            let configuration = try CommandLineTargets.configuration(
                postgres: [server.dsn(user: "poolscope")], pgbouncer: [bouncer.dsn(user: "poolscope")],
                dataSource: .none, listen: [], interval: "100ms")
            let header = RecordingHeader(
                agentVersion: "0", startTime: WallTime.now,
                targets: configuration.targets.map { .init(profile: $0.profile, interval: configuration.interval) },
                includesQueryText: false)
            let tap = EncodingTap(header)
            let store = SnapshotStore(targets: header.targets.map(\.profile))
            let sampler = Sampler(
                configuration, pools: TargetPools(configuration),
                outlets: SampleOutlets(store: store, board: ClusterBoard(), tap: tap),
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await sampler.run() }
                func reach(_ state: TargetState) async throws {
                    try await eventually("the server is \(state)") { store.current.statuses[0].state == state }
                }
                try await reach(.up)
                for seconds in [0.3, 0.05, 1.1] {
                    _ = try await server.execute("SELECT pg_sleep(\(seconds))")
                }
                try await server.stop()
                try await reach(.refused)
                try await server.start()
                try await reach(.up)
                group.cancelAll()
            }
            let live = TextEncoder.encode(Snapshot.merging(store.current.snapshots))

            var reader = RecordingReader()
            reader.feed(tap.bytes)
            var replayed = Replay(header)
            var ticks = 0
            while let item = try reader.next() {
                guard case .event(let event, let rows) = item else { continue }
                if replayed.apply(event, rows: rows) != nil { ticks += 1 }
            }
            #expect(ticks > 10)
            let lines = { (page: [UInt8]) in String(decoding: page, as: UTF8.self).split(separator: "\n") }
            #expect(lines(TextEncoder.encode(replayed.families)) == lines(live))
        }
    }
}
