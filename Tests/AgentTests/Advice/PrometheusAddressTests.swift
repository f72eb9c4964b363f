import Testing

@testable import Agent

@Suite("The address of a Prometheus")
struct PrometheusAddressTests {
    @Test(
        "it is read, with a prefix and IPv6",
        arguments: [
            ("http://prometheus:9090", "http://prometheus:9090"), ("http://10.0.0.1", "http://10.0.0.1:80"),
            ("http://[::1]:9090/prom/", "http://[::1]:9090/prom"), ("http://p:1/a/b", "http://p:1/a/b"),
        ])
    func good(_ text: String, _ written: String) throws {
        #expect(try PrometheusAddress(parsing: text).description == written)
    }

    @Test(
        "what is none is refused, and no password is quoted",
        arguments: [
            "prometheus:9090", "https://p", "http://", "http://u:secret@p:9090", "http://p:0", "http://p:x",
            "http://p:9090/?q=1", "http://p q", "http://p\r\nX: y", "",
        ])
    func bad(_ text: String) {
        do throws(PrometheusAddress.Problem) {
            _ = try PrometheusAddress(parsing: text)
            Issue.record("“\(text)” was taken")
        } catch {
            #expect(!error.sentence.isEmpty && !error.sentence.contains("secret"))
        }
    }

    @Test("answers are told apart: a body, another status, no HTTP")
    func bodies() throws {
        let address = try PrometheusAddress(parsing: "http://p:9090")
        let good = Array("HTTP/1.0 200 OK\r\nX: y\r\n\r\n{}".utf8)
        #expect(try PrometheusClient.body(of: good, address) == Array("{}".utf8))
        for (answer, part) in [("HTTP/1.1 503 Busy\r\n\r\nx", "503"), ("SSH-2.0\r\n\r\n", "HTTP"), ("", "HTTP")] {
            do throws(PrometheusClient.Failure) {
                _ = try PrometheusClient.body(of: Array(answer.utf8), address)
                Issue.record("“\(answer)” was taken")
            } catch {
                #expect(error.sentence.contains(part))
            }
        }
    }
}
