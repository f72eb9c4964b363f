import Agent
import ArgumentParser
import Sessions

/// What `cancel` and `terminate` have in common: choose, show, ask, act, look.
struct EndingCommand {
    let action: SessionAction
    let server: ServerOptions
    let filter: SessionFilter
    let options: ActionOptions
    let format: OutputFormat

    func run() async throws {
        server.hideSecrets()
        try await Failure.explaining {
            guard !filter.isEmpty else {
                throw UsageError(
                    "\(action.rawValue): say which sessions are meant: --pid 4711, or for example "
                        + "--idle-in-transaction --longer-than 10m")
            }
            let choice = try server.choice()
            let log = try options.openAuditLog()
            let reader = try await SessionReader.open(choice, includesQueryText: options.query)
            let listing = try await reader.list()
            let selection = SessionSelection(
                action, from: listing, by: filter, permissions: options.permissions)
            try show(selection, of: listing)
            guard !selection.chosen.isEmpty, !options.dryRun else { return try conclude(EndingReport(selection)) }
            try options.confirm(Confirmation(action, count: selection.chosen.count))
            try conclude(try await act(on: selection, reader, log))
        }
    }

    /// The list goes where it does not mix with the report for programs.
    private func show(_ selection: SessionSelection, of listing: SessionListing) throws {
        if listing.isTruncated {
            Failure.say("poolscope: warning: only \(SessionStatement.sessionLimit) sessions were looked at")
        }
        guard !selection.chosen.isEmpty else { return }
        let table = SessionTable(selection.chosen, limit: options.limit, showsQuery: options.query)
        switch format {
        case .text: try Output.deliver(table.lines(on: Terminal.surface).joined(separator: "\n"))
        case .json: if !options.yes { Failure.say(table.lines(on: .plain).joined(separator: "\n")) }
        }
    }

    private func act(
        on selection: SessionSelection, _ reader: SessionReader, _ log: AuditLog
    ) async throws -> EndingReport {
        let ender = SessionEnder(server: reader.server, auditor: options.auditor(log, on: reader))
        let requests = selection.requests
        var report = EndingReport(selection)
        report.results = try await ender.perform(requests)
        let signalled = zip(requests, report.results).filter { $1.outcome == .done }.map(\.0)
        guard !reader.server.isLost else { return report }
        report.remaining = try await ender.waitForEnd(of: signalled, within: options.waitLimit)
        return report
    }

    private func conclude(_ report: EndingReport) throws {
        switch format {
        case .text: try Output.deliver(report.lines(waited: options.waitLimit).joined(separator: "\n"))
        case .json: try Output.deliver(report.json.text)
        }
        let isDry = options.dryRun && !report.selection.chosen.isEmpty
        if !isDry, !report.isComplete { throw ExitCode.failure }
    }
}
