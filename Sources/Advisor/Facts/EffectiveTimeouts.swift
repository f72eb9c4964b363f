import Observations

/// Which time-outs hold for a new session of a role in a database. The most special holds: role in database, role,
/// database, all roles, the server. What a session sets for itself is not seen.
package struct EffectiveTimeouts: Sendable {
    private let settings: TimeoutSettings
    private var overrides: [Scope: Double] = [:]

    private struct Scope: Hashable {
        var database: String?
        var role: String?
        var setting: String
    }

    package init(_ settings: TimeoutSettings) {
        self.settings = settings
        for override in settings.overrides {
            // What the server would not take, it ignores with a warning.
            guard let seconds = TimeoutText.seconds(override.value) else { continue }
            overrides[Scope(database: override.database, role: override.role, setting: override.setting)] = seconds
        }
    }

    /// Seconds, 0 for none; nil where neither the server's value can be seen nor one was set for this role or database.
    package func seconds(_ setting: String, role: String, database: String) -> Double? {
        overrides[Scope(database: database, role: role, setting: setting)]
            ?? overrides[Scope(role: role, setting: setting)] ?? overrides[Scope(database: database, setting: setting)]
            ?? overrides[Scope(setting: setting)] ?? settings.server[setting].flatMap(TimeoutText.seconds)
    }
}
