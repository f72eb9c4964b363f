/// What a PostgreSQL server is, and what our role may see of it.
package struct ServerIdentity: Sendable, Equatable {
    package var version: String
    package var fullVersion: String
    package var startedAt: ServerTime?
    package var isReplica: Bool
    /// Predefined roles whose privileges our role lacks, e.g. `pg_read_all_stats`: rows or values are hidden.
    package var missingPrivileges: [String]
    /// pg_stat_statements in the database that we are connected to; nil where it was not created.
    package var statementsExtension: InstalledExtension?

    package init(
        version: String, fullVersion: String, startedAt: ServerTime?, isReplica: Bool, missingPrivileges: [String],
        statementsExtension: InstalledExtension? = nil
    ) {
        self.version = version
        self.fullVersion = fullVersion
        self.startedAt = startedAt
        self.isReplica = isReplica
        self.missingPrivileges = missingPrivileges
        self.statementsExtension = statementsExtension
    }
}

/// Where an extension lives, and which version of its objects is there.
package struct InstalledExtension: Sendable, Equatable {
    package var schema: String
    /// `pg_extension.extversion`: “1.10”.
    package var version: String

    package init(schema: String, version: String) {
        self.schema = schema
        self.version = version
    }

    /// Whether it is at least this version. 1.10 is later than 1.9.
    package func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
        let parts = version.split(separator: ".").map { Int($0) ?? 0 }
        guard let first = parts.first else { return false }
        return (first, parts.count > 1 ? parts[1] : 0) >= (major, minor)
    }
}

/// One numeric or boolean row of `pg_settings`, in base units.
package struct ServerSetting: Sendable, Equatable {
    package var name: String
    /// Seconds, bytes, or the plain number; booleans are 0 and 1.
    package var value: Double
    package var unit: Unit
    package var description: String

    package enum Unit: String, Sendable { case none, seconds, bytes }

    package init(name: String, value: Double, unit: Unit, description: String) {
        self.name = name
        self.value = value
        self.unit = unit
        self.description = description
    }
}

/// A role's connection limit.
package struct RoleLimit: Sendable, Equatable {
    package var name: String
    /// −1 means none.
    package var connectionLimit: Int64
    /// Superusers are exempt from their limit, and from their database's.
    package var isSuperuser: Bool

    package init(name: String, connectionLimit: Int64, isSuperuser: Bool = false) {
        self.name = name
        self.connectionLimit = connectionLimit
        self.isSuperuser = isSuperuser
    }
}

/// One row of `pg_stat_database` with the database's own limit: numbers by column name.
package struct DatabaseStatistics: Sendable, Equatable {
    package var id: Int64
    package var name: String
    /// −1 means none.
    package var connectionLimit: Int64?
    package var statsReset: ServerTime?
    /// Numeric columns by name; those that the version lacks are absent.
    package var numbers: [String: Double]

    package init(
        id: Int64, name: String, connectionLimit: Int64?, statsReset: ServerTime?, numbers: [String: Double]
    ) {
        self.id = id
        self.name = name
        self.connectionLimit = connectionLimit
        self.statsReset = statsReset
        self.numbers = numbers
    }
}
