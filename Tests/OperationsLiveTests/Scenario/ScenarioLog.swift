import Locking
import TestSupport

/// What is noted while the scenario runs.
final class ScenarioLog: Sendable {
    // Guards both lists; written by the tasks of the scenario.
    private let state = Guarded<(shortcomings: [String], snapshots: [[PrivateAlertmanager.Alert]])>(([], []))

    var shortcomings: [String] { state.withLock { $0.shortcomings } }
    var snapshots: [[PrivateAlertmanager.Alert]] { state.withLock { $0.snapshots } }

    func note(_ shortcoming: String) { state.withLock { $0.shortcomings.append(shortcoming) } }

    func note(_ snapshot: [PrivateAlertmanager.Alert]) { state.withLock { $0.snapshots.append(snapshot) } }

    /// Waits for a condition; that it did not come to hold is a shortcoming, and the scenario goes on.
    func wait(
        for what: String, within limit: Duration = .seconds(120), _ condition: @Sendable () async throws -> Bool
    ) async {
        do {
            try await eventually(what, within: limit, condition)
        } catch {
            note("\(error)")
        }
    }
}
