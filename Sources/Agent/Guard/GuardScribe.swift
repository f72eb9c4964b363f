import Foundation
import Logging
import Sessions

/// Writes down what the guard of one target does: in the log and, where there is one, in the audit log.
struct GuardScribe: Sendable {
    let target: String
    let log: Logger
    let file: AuditLog?

    /// - Parameters:
    ///   - role: ours on the server.
    ///   - outcome: as for an action, or why there was none, in a word.
    /// - Throws: When it cannot be written to the file: whoever acts must stop then.
    func record(
        _ action: GuardAction, role: String, outcome: String, detail: String? = nil
    ) throws(SessionsError) {
        let line = AuditLine(
            time: Self.now(), actor: .init(name: Self.actor, role: role), target: target, policy: action.policy,
            action: action.action, row: action.row, outcome: outcome, detail: detail)
        log.notice("guard: \(line.text)")
        try file?.write(line)
    }

    /// It acts by itself; the host tells several agents apart.
    private static let actor = "guard@\(ProcessInfo.processInfo.hostName)"

    private static func now() -> String {
        Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
