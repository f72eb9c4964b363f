@testable import WebServer

/// A server on a free port of 127.0.0.1 with one route of each kind that the tests need.
func startTestServer(
    _ options: WebServerOptions = WebServerOptions(), at address: String = "127.0.0.1:0"
) throws -> WebServer {
    try WebServer.start([ListenAddress(parsing: address)], options: options, router: testRouter)
}

/// 5 MiB in which a lost, repeated or moved part shows.
let largeBody: [UInt8] = (0..<5 * 1024 * 1024).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 16) }

let testRouter: Router = {
    let shared = PreparedReply(status: 200, text: "shared by all\n", headers: [("Cache-Control", "no-store")])
    let large = PreparedReply(status: 200, contentType: "application/octet-stream", body: largeBody)
    return Router([
        Route(path: "/") { _ in shared },
        Route(path: "/large") { _ in large },
        Route(path: "/large/once") { _ in
            PreparedReply(status: 200, contentType: "application/octet-stream", body: largeBody)
        },
        Route(path: "/echo") { request in
            let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
            return PreparedReply(
                status: 200, text: "\(request.method) \(query) \(request.header("x-probe") ?? "none")")
        },
        Route(path: "/café au lait") { _ in shared },
    ])
}()
