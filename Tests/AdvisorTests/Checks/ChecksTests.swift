import Observations
import Testing

@testable import Advisor

@Suite("all checks")
struct ChecksTests {
    @Test("ids are kebab-case and each is there once")
    func ids() throws {
        let ids = Checks.all.map { $0.id }
        #expect(Set(ids).count == ids.count)
        for id in ids { #expect(try /[a-z]+(-[a-z]+)*/.wholeMatch(in: id) != nil, "\(id)") }
    }

    @Test("each has a title, an explanation and somebody to ask")
    func texts() {
        for check in Checks.all {
            #expect(!check.title.isEmpty && !check.title.hasSuffix("."), "\(check.id)")
            #expect(check.explanation.hasSuffix("."), "\(check.id)")
            #expect(!check.explanation.contains("\n"), "\(check.id): one paragraph")
            #expect(!check.subjects.isEmpty, "\(check.id)")
        }
    }

    @Test("a good system passes them all, or they do not apply")
    func goodSystem() {
        for check in Checks.all {
            for facts in [SampleFacts.server(), SampleFacts.bouncer()] {
                let outcome = check.run(facts)
                #expect(outcome.isPassed || outcome.isNotApplicable, "\(check.id) of \(facts.target.name): \(outcome)")
            }
        }
    }

    @Test("a target that cannot be read is judged by none, and crashes none")
    func nothingKnown() {
        for check in Checks.all where check.id != TargetReachable.id {
            for kind in check.subjects {
                let facts = CheckFacts(target: CheckedTarget(name: "x", kind: kind, state: .refused))
                #expect(check.run(facts).isUnknown, "\(check.id)")
            }
        }
    }

    @Test("a fact that is missing is told, with the reason")
    func missingFacts() {
        var server = SampleFacts.server()
        server.server = .known(ServerFacts())
        for check in Checks.all
        where check.subjects.contains(.postgres) && !check.needs.isEmpty && check.needs != [.monitoring] {
            guard case .unknown(let reason) = check.run(server) else {
                Issue.record("\(check.id) judges without \(check.needs)")
                continue
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test("a check of a server says nothing of a pooler")
    func wrongKind() {
        for check in Checks.all where !check.subjects.contains(.pgbouncer) {
            #expect(check.run(SampleFacts.bouncer()).isNotApplicable, "\(check.id)")
        }
    }
}
