import Agent
import Observations
import Sessions

/// Reads the sessions of a server, with the clients behind its poolers where those can be asked.
///
/// Not Sendable: it belongs to the task that opened it.
final class SessionReader {
    let server: SessionsServer
    /// The server's name, for people and audit lines.
    let name: String
    /// The poolers that answer.
    private(set) var consoles: [PoolerConsole] = []
    private let includesQueryText: Bool

    private init(server: SessionsServer, name: String, includesQueryText: Bool) {
        self.server = server
        self.name = name
        self.includesQueryText = includesQueryText
    }

    /// A pooler that cannot be asked is a warning: the sessions are there without it.
    static func open(_ choice: ServerChoice, includesQueryText: Bool) async throws -> SessionReader {
        let server = try await SessionsServer.connect(try choice.server.connectionWithPassword())
        let reader = SessionReader(
            server: server, name: choice.server.name, includesQueryText: includesQueryText)
        for pooler in choice.poolers {
            do {
                reader.consoles.append(
                    try await PoolerConsole.connect(
                        try pooler.connectionWithPassword(), name: pooler.name))
            } catch {
                warn("the clients behind \(pooler.name) are unknown: \(error)")
            }
        }
        if server.isBehindPooler {
            warn(
                "this connection reaches the server through a pooler, and is lost when the pool is full; "
                    + "better give the server's own address")
        }
        return reader
    }

    /// A pooler that does not answer is asked no more.
    func links() async -> PoolerLinks {
        var links: [PoolerLink] = []
        var answering: [PoolerConsole] = []
        for console in consoles {
            do {
                links += try await console.links().all
                answering.append(console)
            } catch {
                Self.warn("the clients behind a pooler are unknown: \(error)")
            }
        }
        consoles = answering
        return PoolerLinks(links)
    }

    func list() async throws -> SessionListing {
        // Asked before and after: a session that has changed hands in between is nobody's.
        let before = await links()
        let listing = try await server.list(includesQueryText: includesQueryText)
        return listing.joined(with: before.confirmed(by: await links()))
    }

    private static func warn(_ sentence: String) {
        Failure.say("poolscope: warning: \(sentence)")
    }
}
