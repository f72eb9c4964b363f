import Sessions

/// Something that the guard does, or would do.
struct GuardAction: Sendable, Equatable {
    let policy: String
    /// `enforce`, or `dryRun`: then it is only written down.
    let mode: GuardMode
    let action: SessionAction
    /// As it was seen, with the server's own names.
    let row: SessionRow
    let condition: ActionCondition
    let episode: GuardEpisode

    /// Never a superuser's session, nor one of replication.
    var request: ActionRequest {
        ActionRequest(action, on: row, if: condition, permissions: ActionPermissions())
    }
}

/// A session at one thing: another statement, or another pause, is another episode.
struct GuardEpisode: Sendable, Hashable {
    let session: SessionIdentity
    let isRunning: Bool
    /// Microseconds of the server's clock.
    let since: Int64

    /// Nil where privileges hide what it takes to tell one from another.
    init?(_ row: SessionRow) {
        guard let session = row.identity else { return nil }
        self.session = session
        isRunning = row.isRunning
        let start = row.isRunning ? row.activity.queryStart : row.activity.stateChange
        since = (start ?? session.backendStart).microseconds
    }
}
