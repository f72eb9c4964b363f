import TestSupport
import Testing

@testable import Observations

@Suite("Sessions by what they have in common")
struct ActivitySampleTests {
    private let time = ServerTime(microseconds: 0)

    @Test("every row is in one group, with those that are like it, in the order in which they came")
    func groups() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<50 {
            let rows = (0..<Int32.random(in: 0..<200, using: &random)).map { pid in
                ActivityRow(
                    pid: pid, state: [.idle, .active, nil][Int.random(in: 0..<3, using: &random)], database: "shop",
                    user: ["web", nil][Int.random(in: 0..<2, using: &random)])
            }
            var sample = ActivitySample(sampledAt: time, rows: [])
            sample.rows = rows
            let indices = sample.groups.flatMap { sample.indices(of: $0).map(Int.init) }
            #expect(indices.sorted() == Array(rows.indices))
            for group in sample.groups {
                let members = sample.indices(of: group).map { rows[Int($0)] }
                #expect(members.map(\.pid) == members.map(\.pid).sorted() && members.count == group.count)
                #expect(members.map(\.pid) == rows.filter { $0.traits == group.traits }.map(\.pid))
            }
            let firsts = sample.groups.compactMap { sample.indices(of: $0).first }
            #expect(firsts == firsts.sorted())
            #expect(sample.clientBackends == rows.count)
        }
    }

    @Test("label rules make one group of what they make equal, and limits still see the server's names")
    func rules() throws {
        let rules = LabelRules([LabelRule(.user, .replace, replacement: try LabelReplacement("all", groupCount: 0))])
        var sample = ActivitySample(
            sampledAt: time,
            rows: (0..<6).map { ActivityRow(pid: $0, database: "shop", user: "user-\($0 % 3)") })
        #expect(sample.groups.count == 3)
        rules.apply(to: &sample.rows)
        #expect(
            sample.rows.allSatisfy { $0.user == "all" }
                && sample.rows.map(\.serverUser).prefix(2) == ["user-0", "user-1"])
        #expect(sample.groups.map(\.count) == [2, 2, 2], "apart, for limits")
    }
}
