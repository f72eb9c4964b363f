/// Lets the clients of poolers wait while a database is drained, and go on afterwards.
package struct PoolerPause {
    private let consoles: [PoolerConsole]
    private let auditor: Auditor
    private let database: String

    package init(consoles: [PoolerConsole], auditor: Auditor, database: String) {
        self.consoles = consoles
        self.auditor = auditor
        self.database = database
    }

    /// The databases of all poolers that lead to the drained one.
    /// - Parameter warn: is told of a pooler that cannot be asked.
    package func look(warn: (String) -> Void) async -> [PooledDatabase] {
        var found: [PooledDatabase] = []
        for console in consoles {
            do {
                found += try await console.databases(leadingTo: database)
            } catch {
                warn("what pooler \(VisibleText.escaped(console.name)) holds is unknown: \(error)")
            }
        }
        return found
    }

    /// Pauses all that are not paused yet: all of them, or none.
    /// - Returns: Those that were paused by this.
    /// - Throws: When a pooler refuses; those that were paused before it are resumed.
    package func pause(_ databases: [PooledDatabase]) async throws(SessionsError) -> [PooledDatabase] {
        var paused: [PooledDatabase] = []
        for database in databases where !database.isPaused {
            do {
                try await console(of: database).pause(database)
                paused.append(database)
                try auditor.record("pause_pooler", database, role: console(of: database).role)
            } catch {
                do {
                    try await resume(paused)
                } catch let other {
                    throw SessionsError("\(error); and what had been paused before could not be resumed: \(other)")
                }
                throw error
            }
        }
        return paused
    }

    /// Resumes these, which are paused.
    package func resume(_ databases: [PooledDatabase]) async throws(SessionsError) {
        for database in databases {
            let console = try console(of: database)
            try await console.resume(database)
            try auditor.record("resume_pooler", database, role: console.role)
        }
    }

    private func console(of database: PooledDatabase) throws(SessionsError) -> PoolerConsole {
        guard let console = consoles.first(where: { $0.name == database.pooler }) else {
            throw SessionsError("pooler \(database.pooler): the connection was lost")
        }
        return console
    }
}
