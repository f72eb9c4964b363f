/// What many backends have in common: whose they are and what they do. All that becomes labels, and nothing that is a
/// session's own.
///
/// Immutable, so that rows can share it. It is compared by value; that is cheap where both are the same object, as
/// in rows that an `ActivityVocabulary` has read.
package final class BackendTraits: Sendable {
    package struct Values: Sendable, Equatable {
        package var database: String?
        package var user: String?
        package var applicationName = ""
        package var backendType: String?
        package var state: BackendState?
        package var waitEventType: String?
        package var waitEvent: String?
        package var isSelf = false
        /// The names on the server, where label rules have made others of `database` and `user`.
        var serverNames: ServerNames?

        package init() {}
    }

    struct ServerNames: Sendable, Hashable {
        var database: String?
        var user: String?
    }

    package let values: Values
    /// Whether the row takes one of `max_connections`: only client backends do.
    ///
    /// Where privileges hide the type, a row with both a database and a role is taken for a client: workers that
    /// have a database (autovacuum) have no role, and walsenders have no database.
    package let isClientBackend: Bool
    /// Whether it waits for a heavyweight lock: what `pg_blocking_pids` knows of.
    package let isWaitingForLock: Bool
    private let digest: Int

    package init(_ values: Values) {
        self.values = values
        isClientBackend =
            values.backendType.map { $0 == "client backend" } ?? (values.database != nil && values.user != nil)
        isWaitingForLock = values.waitEventType == "Lock"
        var hasher = Hasher()
        hasher.combine(values.database)
        hasher.combine(values.user)
        hasher.combine(values.applicationName)
        hasher.combine(values.backendType)
        hasher.combine(values.state)
        hasher.combine(values.waitEventType)
        hasher.combine(values.waitEvent)
        digest = hasher.finalize()
    }

    package var database: String? { values.database }
    package var user: String? { values.user }
    package var applicationName: String { values.applicationName }
    package var backendType: String? { values.backendType }
    package var state: BackendState? { values.state }
    package var waitEventType: String? { values.waitEventType }
    package var waitEvent: String? { values.waitEvent }
    package var isSelf: Bool { values.isSelf }
    package var isParallelWorker: Bool { values.backendType == "parallel worker" }
    /// The database's name on the server, whatever label rules made of it: for limits and thresholds, never for labels.
    package var serverDatabase: String? { values.serverNames?.database ?? values.database }
    /// The role's name on the server, whatever label rules made of it: for limits and thresholds, never for labels.
    package var serverUser: String? { values.serverNames?.user ?? values.user }
}

extension BackendTraits: Hashable {
    package static func == (lhs: BackendTraits, rhs: BackendTraits) -> Bool {
        lhs === rhs || (lhs.digest == rhs.digest && lhs.values == rhs.values)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(digest)
    }
}
