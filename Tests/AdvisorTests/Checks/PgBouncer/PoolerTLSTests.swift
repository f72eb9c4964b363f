import Observations
import Testing

@testable import Advisor

@Suite("check pooler-tls")
struct PoolerTLSTests {
    private func outcome(
        client: String = "require", server: String = "verify-full", listen: String = "0.0.0.0",
        host: String = "10.0.0.1", encrypted: Bool = true
    ) -> CheckOutcome {
        PoolerTLS.run(
            SampleFacts.bouncer(
                config: ["client_tls_sslmode": client, "server_tls_sslmode": server, "listen_addr": listen]
            ) { bouncer in
                bouncer.databases.change { $0[0].host = host }
                bouncer.clients.change { $0[0].usesTLS = encrypted }
                bouncer.servers.change { $0[0].usesTLS = encrypted }
            })
    }

    @Test("clients from the network without TLS are found", arguments: ["disable", "allow", "prefer"])
    func clients(_ mode: String) throws {
        let outcome = outcome(client: mode, encrypted: false)
        #expect(outcome.subjects == ["client_tls_sslmode"] && outcome.severities == [.warning])
        #expect(outcome.findings[0]["remote_clients_without_tls"] == 1)
        #expect(outcome.findings[0].message.contains("10.0.0.9"))
        #expect(outcome.remedyLines.contains("client_tls_sslmode = require"))
    }

    @Test("servers on other hosts without TLS are found", arguments: ["disable", "allow", "prefer"])
    func servers(_ mode: String) {
        let outcome = outcome(server: mode, encrypted: false)
        #expect(outcome.subjects == ["server_tls_sslmode"] && outcome.severities == [.warning])
        #expect(outcome.remedyLines.last { $0.hasPrefix("server") } == "server_tls_sslmode = verify-full")
    }

    @Test("when all use it all the same, or no certificate is verified, it is a remark")
    func remarks() {
        #expect(outcome(client: "prefer").severities == [.info])
        #expect(outcome(server: "prefer").severities == [.info])
        #expect(outcome(server: "require").severities == [.info])
    }

    @Test("on the host itself nothing needs it")
    func local() {
        #expect(outcome(client: "disable", listen: "127.0.0.1,::1").isPassed)
        #expect(outcome(client: "disable", listen: "").isPassed)
        #expect(outcome(server: "disable", host: "localhost").isPassed)
        #expect(outcome(server: "disable", host: "/run/postgresql").isPassed)
        #expect(outcome(client: "disable", listen: "127.0.0.1,10.0.0.4").subjects == ["client_tls_sslmode"])
    }

    @Test("without the settings it is not judged")
    func unknown() {
        #expect(PoolerTLS.run(SampleFacts.bouncer(config: ["server_tls_sslmode": nil])).isUnknown)
        #expect(PoolerTLS.run(SampleFacts.bouncer { $0.databases = .unread }).isUnknown)
    }
}
