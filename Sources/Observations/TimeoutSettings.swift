/// What a server says of its time-outs: its own values, and what was set for databases and roles.
package struct TimeoutSettings: Sendable, Equatable {
    /// A value set by ALTER ROLE or ALTER DATABASE, as text with or without a unit.
    package struct Override: Sendable, Equatable {
        /// Nil: in every database.
        package var database: String?
        /// Nil: for every role.
        package var role: String?
        package var setting: String
        package var value: String

        package init(database: String?, role: String?, setting: String, value: String) {
            self.database = database
            self.role = role
            self.setting = setting
            self.value = value
        }
    }

    /// By name, in milliseconds: what the configuration gives a session for which nothing else was set. Settings whose
    /// value our own session cannot see are absent; those that the version lacks, too.
    package var server: [String: String]
    /// Names of databases that can be connected to, those with settings of their own first. Bounded.
    package var databases: [String]
    /// Names of roles that can log in, those with settings of their own first. Bounded.
    package var roles: [String]
    package var overrides: [Override]

    package init(server: [String: String], databases: [String], roles: [String], overrides: [Override]) {
        self.server = server
        self.databases = databases
        self.roles = roles
        self.overrides = overrides
    }
}
