import Observations
import Testing

@testable import Advisor

@Suite("check pooler-authentication")
struct PoolerAuthenticationTests {
    private func outcome(_ type: String?, listen: String = "*") -> CheckOutcome {
        PoolerAuthentication.run(SampleFacts.bouncer(config: ["auth_type": type, "listen_addr": listen]))
    }

    @Test("no password is critical on a network, a warning on the host alone", arguments: ["any", "trust"])
    func open(_ type: String) {
        #expect(outcome(type).severities == [.critical])
        #expect(outcome(type, listen: "127.0.0.1, ::1").severities == [.warning])
        #expect(outcome(type).remedyLines == ["auth_type = scram-sha-256", "RELOAD;"])
    }

    @Test("passwords as they are, and MD5, are found")
    func weak() {
        #expect(outcome("plain").severities == [.warning])
        #expect(outcome("md5").severities == [.info])
    }

    @Test("others pass; without the setting it is not judged", arguments: ["scram-sha-256", "hba", "cert", "pam"])
    func passes(_ type: String) {
        #expect(outcome(type).isPassed)
        #expect(outcome(nil).isUnknown)
    }
}
