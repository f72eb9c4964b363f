/// What the agent knows now, for a person in a hurry: the content of the page at `/` and of `/api/v1/status`.
///
/// No query text. Nothing of a single session, unless whoever asks is known to the web server. The keys of the JSON are
/// documented in docs/status.md; times are in seconds, shares between 0 and 1. What is not known is absent.
struct StatusReport: Encodable, Equatable {
    struct Target: Encodable, Equatable {
        let name: String
        let kind: String
        let cluster: String?
        let serverVersion: String?
        let state: String
        /// What the last failure said.
        let reason: String?
        /// The age of the newest good sample.
        let sampleAgeSeconds: Double?
    }

    struct Pool: Encodable, Equatable {
        let target: String
        /// pgbouncer, server, or client for in-process ones.
        let pooler: String
        let database: String
        let user: String
        /// Busy over the effective size.
        let saturation: Double?
        let size: Double?
        let busy: Double?
        let waitingClients: Double
        let oldestWaitSeconds: Double
        /// Seconds until it is full, where that is forecast.
        let exhaustionSeconds: Double?
        /// The highest saturation of each five seconds of the last ten minutes, oldest first; null where unknown.
        let recentSaturation: [Double?]
    }

    struct Database: Encodable, Equatable {
        let target: String
        let database: String
        let oldestTransactionSeconds: Double?
        let oldestQuerySeconds: Double?
        let oldestIdleInTransactionSeconds: Double?
        let blockedSessions: Double?
        let longestBlockSeconds: Double?
        let leakedConnections: Double?
    }

    struct Finding: Encodable, Equatable {
        let target: String
        let check: String
        let severity: String
        let count: Double
    }

    let version: String
    /// When this was put together, in seconds since 1970.
    let time: Double
    let targets: [Target]
    /// Those in trouble first.
    let pools: [Pool]
    /// Those with the oldest transactions first.
    let databases: [Database]
    let findings: [Finding]
    /// Nil for those who may not see any: then neither page has a trace of them.
    let sessions: [SessionDetails.Session]?
    /// How many rows each list would have had more.
    let omitted: Omitted

    struct Omitted: Encodable, Equatable {
        let targets: Int
        let pools: Int
        let databases: Int
        let findings: Int
        let sessions: Int?
    }
}
