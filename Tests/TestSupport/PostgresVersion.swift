import Demo

/// The versions of PostgreSQL that the live tests run.
package enum PostgresVersion: Sendable, CustomStringConvertible {
    /// The one that the demo takes, too: on Debian 12 it is 15.
    case installed
    case sixteen
    case eighteen

    /// Every version that there is for this processor.
    package static let all: [PostgresVersion] = {
        #if arch(x86_64)
            [.installed, .sixteen, .eighteen]
        #else
            [.installed, .eighteen]
        #endif
    }()

    package var description: String {
        switch self {
        case .installed: "the installed PostgreSQL"
        case .sixteen: "PostgreSQL 16"
        case .eighteen: "PostgreSQL 18"
        }
    }

    /// Whether its package brings pg_stat_statements: that of 16 has no contributed modules.
    package var hasStatStatements: Bool { self != .sixteen }

    /// Its programs.
    ///
    /// - Throws: `PrivateServerError` that says what to do when it is not there.
    package func binaries() throws -> PostgresBinaries {
        switch self {
        case .installed: try .find()
        case .sixteen: try .find(version: 16)
        case .eighteen: try .find(version: 18)
        }
    }
}
