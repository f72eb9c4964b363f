import Collectors
import Compression
import Exposition
import Observations
import TestSupport
import Testing
import WebServer

@testable import Agent

/// `/metrics` as clients ask for it.
@Suite("Formats of /metrics")
struct MetricsFormatsTests {
    private static let openMetrics = "application/openmetrics-text; version=1.0.0"
    private static let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

    private let store: SnapshotStore
    private let status: TargetStatus
    private let page: MetricsPage

    init() {
        let profile = TargetProfile(name: "main", kind: .postgres)
        store = SnapshotStore(targets: [profile]) {
            var own = SnapshotBuilder(isUp: true)
            ProcessFamilies.emit(version: "1.2.3", into: &own)
            return own.build()
        }
        page = MetricsPage(store: store)
        var pipeline = TargetPipeline(profile: profile, interval: .seconds(1), board: ClusterBoard())
        pipeline.apply(.tickBegan, at: 1_700_000_000)
        pipeline.apply(.tickEnded(.refused, seconds: 0.1), at: 1_700_000_000)
        status = TargetStatus(profile: profile, state: .refused, sentence: nil, version: "", wasTried: true)
        store.publish(pipeline.snapshot(), status, at: 0)
    }

    private func get(_ query: [(String, String)] = [], _ headers: (String, String)...) -> PreparedReply {
        page.reply(
            to: HTTPRequest(
                path: "/metrics", query: query.map { .init(name: $0.0, value: $0.1) },
                headers: headers.map { (name: $0.0, value: $0.1) }))
    }

    private func text(_ reply: PreparedReply) -> String { String(decoding: reply.body, as: UTF8.self) }

    private func families(_ reply: PreparedReply) throws -> Set<String> {
        Set(try MetricsText(parsing: text(reply)).types.keys)
    }

    @Test("the header says which format it is, and that it depends on the request")
    func formats() {
        let plain = get()
        #expect(plain.status == 200)
        #expect(plain.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
        #expect(plain.header("Vary") == "Accept, Accept-Encoding")
        #expect(plain.header("Content-Encoding") == nil)
        let open = get([], ("Accept", Self.openMetrics))
        #expect(open.header("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(text(open).hasSuffix("# EOF\n"))
        let draft = get([], ("Accept", "application/openmetrics-text"))
        #expect(draft.header("Content-Type") == "application/openmetrics-text; version=0.0.1; charset=utf-8")
        #expect(draft.body == open.body)
        let binary = get([], ("Accept", Self.protobuf))
        #expect(
            binary.header("Content-Type")
                == "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited")
        #expect(get([], ("Accept", "application/json")) === plain)
    }

    @Test("gzip is what the plain page is, compressed; who takes neither is told")
    func gzip() throws {
        for accept in ["text/plain", Self.openMetrics, Self.protobuf] {
            let plain = get([], ("Accept", accept))
            let compressed = get([], ("Accept", accept), ("Accept-Encoding", "gzip, deflate"))
            #expect(compressed.header("Content-Encoding") == "gzip")
            #expect(compressed.header("Content-Type") == plain.header("Content-Type"))
            #expect(try Gzip.decompress(compressed.body, limit: 1 << 20) == plain.body)
            #expect(compressed.byteCount < plain.byteCount)
        }
        let refused = get([], ("Accept-Encoding", "br, identity;q=0"))
        #expect(refused.status == 406)
        #expect(text(refused) == "/metrics is sent as it is or as gzip; Accept-Encoding allows neither.\n")
    }

    @Test("each form is encoded once per publication, and shared")
    func encodedOnce() {
        let forms = [
            get(), get([], ("Accept-Encoding", "gzip")), get([], ("Accept", Self.openMetrics)),
            get([], ("Accept", Self.protobuf)), get([("name[]", "pg_up")]),
        ]
        #expect(Set(forms.map(ObjectIdentifier.init)).count == forms.count)
        #expect(get([], ("Accept", "text/plain;q=0.3")) === forms[0])
        #expect(get([], ("Accept-Encoding", "*")) === forms[1])
        #expect(get([("name[]", "pg_up"), ("name[]", "pg_up")]) === forms[4])
        store.publish(.empty, status, at: 0)
        #expect(get() !== forms[0])
    }

    @Test("however many selections clients ask for, few are kept")
    func bounded() {
        let names = Catalogue.families.map(\.name).filter { !$0.hasSuffix("*") }.prefix(40)
        let first = names.map { get([("name[]", $0)]) }
        let second = names.map { get([("name[]", $0)]) }
        let kept = zip(first, second).count { $0 === $1 }
        #expect(kept == MetricsPage.keptSelections)
        #expect(zip(first, second).allSatisfy { $0.body == $1.body })
        #expect(get() === get(), "the whole page always is")
    }

    @Test("name[] selects families, by the names of their series too")
    func names() throws {
        #expect(try families(get([("name[]", "pg_up")])) == ["pg_up"])
        #expect(try families(get([("name[]", "pg_up"), ("name[]", "process_cpu_seconds_total")])).count == 2)
        #expect(try families(get([("name[]", "process_cpu_seconds")])) == ["process_cpu_seconds_total"])
        #expect(try families(get([("name[]", "poolscope_build")])) == ["poolscope_build_info"])
        let durations = get([("name[]", "poolscope_query_duration_seconds_bucket")])
        #expect(durations.status == 200)
        #expect(try families(get([("name[]", "pg_settings_work_mem_bytes")])) == [], "known, and not there")
    }

    @Test("collect[] selects what comes from a source, and what says how its reads went")
    func collectors() throws {
        let activity = try families(get([("collect[]", "activity")]))
        #expect(activity.contains("poolscope_target_up"))
        #expect(activity.contains("poolscope_samples_total"))
        #expect(!activity.contains("process_cpu_seconds_total"))
        let both = get([("collect[]", "activity"), ("name[]", "poolscope_target_up")])
        #expect(try families(both) == ["poolscope_target_up"])
        for source in TargetKind.allCases.flatMap({ Collectors.sources(for: $0) }) {
            #expect(get([("collect[]", source.name)]).status == 200)
        }
    }

    @Test("what there is not is an error in one line, with a guess; other parameters are not ours")
    func unknown() {
        let name = get([("name[]", "pg_upp")])
        #expect(name.status == 400)
        #expect(
            text(name)
                == "name[]=pg_upp is unknown. Did you mean “pg_up”? “poolscope catalog metrics” lists all families.\n")
        let collector = get([("collect[]", "activty\n")])
        #expect(collector.status == 400)
        #expect(text(collector).hasPrefix("collect[]=activty? is unknown. Did you mean “activity”? There are: "))
        #expect(get([("target", "x"), ("format", "y")]) === get())
    }

    @Test("a scrape's timeout needs no heed: the answer is there, and no database is asked")
    func timeout() {
        #expect(get([], ("X-Prometheus-Scrape-Timeout-Seconds", "0.000001")) === get())
    }
}
