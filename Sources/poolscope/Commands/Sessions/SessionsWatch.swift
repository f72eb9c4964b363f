import Agent
import Foundation
import Glibc
import Observations
import ServiceLifecycle
import Sessions

/// Shows the sessions once, or again and again until a signal comes.
struct SessionsWatch: Service {
    let choice: ServerChoice
    let filter: SessionFilter
    let format: OutputFormat
    let limit: Int
    let showsQuery: Bool
    /// Nil: once.
    let interval: Duration?

    func showOnce() async throws {
        let reader = try await SessionReader.open(choice, includesQueryText: showsQuery)
        try Output.deliver(text(of: try await reader.list(), limit: limit, role: reader.server.role))
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await watch() }
    }

    /// What fails at the first look is an error; later the server may go and come back.
    private func watch() async throws {
        var reader: SessionReader? = try await SessionReader.open(choice, includesQueryText: showsQuery)
        while !Task.isCancelled {
            do {
                let open: SessionReader
                if let reader {
                    open = reader
                } else {
                    open = try await SessionReader.open(choice, includesQueryText: showsQuery)
                    reader = open
                }
                try show(try await open.list(), role: open.server.role)
            } catch let error as SessionsError {
                if Task.isCancelled { break }
                reader = nil
                Failure.say("poolscope: \(error)")
            }
            try? await Task.sleep(for: interval ?? .seconds(2))
        }
    }

    private func show(_ listing: SessionListing, role: String) throws {
        guard Terminal.isOutput, format == .text else {
            return try Output.deliver(text(of: listing, limit: limit, role: role))
        }
        // Home, and clear: the last picture stays there when the watching ends.
        let rows = Terminal.height.map { min(limit, max(1, $0 - 4)) } ?? limit
        try Output.deliver("\u{1B}[H\u{1B}[2J" + text(of: listing, limit: rows, role: role))
    }

    private func text(of listing: SessionListing, limit: Int, role: String) -> String {
        let rows = listing.rows.filter(filter.matches)
        switch format {
        case .json: return listing.json(of: rows, limit: limit).text
        case .text:
            let surface = Terminal.surface
            var lines = rows.isEmpty ? [] : SessionTable(rows, limit: limit, showsQuery: showsQuery).lines(on: surface)
            let summary = VisibleText.fitted(
                SessionSummary(listing, shown: rows, role: role).text, to: surface.width ?? .max)
            lines.append(surface.styled(summary, .dim))
            return lines.joined(separator: "\n") + (interval == nil || Terminal.isOutput ? "" : "\n")
        }
    }
}
