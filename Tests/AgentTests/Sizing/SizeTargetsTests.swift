import Advisor
import Observations
import TestSupport
import Testing

@testable import Agent

@Suite("Whose load is measured")
struct SizeTargetsTests {
    private func configuration() throws -> AgentConfiguration {
        var configuration = try CommandLineTargets.configuration(
            postgres: ["host=a dbname=x", "host=b dbname=x"], pgbouncer: ["host=c", "host=d"], dataSource: .none,
            listen: [], interval: nil)
        for (index, (name, cluster)) in [("main", "shop"), ("spare", nil), ("pool", "shop"), ("edge", nil)].enumerated()
        {
            configuration.targets[index].name = name
            configuration.targets[index].cluster = cluster
        }
        configuration.targets[0].cores = 8
        configuration.targets[2].cores = 2
        return configuration
    }

    @Test("a pooler brings the server of its cluster, whose cores count")
    func cluster() throws {
        let targets = try SizeTargets(in: configuration(), named: ["pool"])
        #expect(targets.pgbouncer?.name == "pool" && targets.postgres?.name == "main")
        #expect(targets.cores == 8)
        let alone = try SizeTargets(in: configuration(), named: ["edge"])
        #expect(alone.postgres == nil && alone.cores == nil)
        let named = try SizeTargets(in: configuration(), named: ["pool", "spare"])
        #expect(named.postgres?.name == "spare")
    }

    @Test("a name that is not there, and a choice that is not clear, get a sentence")
    func unclear() {
        for (names, words) in [
            (["pol"], "no target “pol”; it has: main, spare, pool, edge"), ([], "several of kind postgres"),
            (["pool", "edge"], "several of kind pgbouncer"),
        ] {
            let error = #expect(throws: SizingError.self) { try SizeTargets(in: configuration(), named: names) }
            #expect(error?.description.contains(words) == true)
        }
    }

    @Test("what is in use is not known where states are hidden from our role")
    func hidden() throws {
        let columns = ["datname", "in_use", "hidden"]
        let seen = TextTable(columns: columns, rows: [["shop", "3", "0"], ["jobs", "0", "0"]])
        #expect(try SessionsInUse.decode(seen) == ["shop": 3, "jobs": 0])
        let hidden = TextTable(columns: columns, rows: [["shop", "3", "0"], ["jobs", "0", "2"]])
        #expect(try SessionsInUse.decode(hidden) == nil)
    }
}
