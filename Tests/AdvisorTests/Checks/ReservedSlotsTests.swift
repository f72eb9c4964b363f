import Testing

@testable import Advisor

@Suite("check reserved-slots")
struct ReservedSlotsTests {
    private func outcome(superuser: Double, reserved: Double?) -> CheckOutcome {
        ReservedSlots.run(
            SampleFacts.server { server in
                var settings = SampleFacts.settings(["superuser_reserved_connections": superuser])
                if let reserved { settings.merge(SampleFacts.settings(["reserved_connections": reserved])) { $1 } }
                server.settings = .known(settings)
            })
    }

    @Test("none for superusers is a warning, few a remark")
    func superuser() {
        #expect(outcome(superuser: 0, reserved: nil).findings.map(\.severity) == [.warning])
        #expect(outcome(superuser: 2, reserved: nil).findings.map(\.severity) == [.info])
        #expect(outcome(superuser: 3, reserved: nil).isPassed)
    }

    @Test("from PostgreSQL 16 on, none for monitoring is a remark")
    func monitoring() {
        let outcome = outcome(superuser: 3, reserved: 0)
        #expect(outcome.findings.map(\.subject) == ["reserved_connections"])
        #expect(outcome.remedyLines.contains("GRANT pg_use_reserved_connections TO poolscope;"))
    }
}
