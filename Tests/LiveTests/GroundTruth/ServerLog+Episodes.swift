import Collectors

extension ServerLog {
    /// Every episode of a kind, in the order of their ends within each session.
    func episodes(_ kind: EpisodeKind) -> [TrueEpisode] {
        let backends = Dictionary(grouping: entries, by: \.backend)
        return backends.sorted { $0.key < $1.key }.flatMap { _, entries in
            var reader = SessionReader()
            for entry in entries { reader.read(entry) }
            return reader.episodes[kind] ?? []
        }
    }
}

/// Reads the entries of one session, in their order.
private struct SessionReader {
    private(set) var episodes: [EpisodeKind: [TrueEpisode]] = [:]
    private var transactionStart: Double?
    private var lastStatementEnd: Double?

    mutating func read(_ entry: ServerLog.Entry) {
        switch entry.event {
        case .disconnection(let seconds):
            add(.session, entry, from: entry.time - seconds, to: entry.time)
        case .statement(let text, let seconds):
            let (start, end) = (entry.time - seconds, entry.time)
            add(.statement, entry, from: start, to: end)
            follow(verb: text.prefix { $0.isLetter }.uppercased(), entry, from: start, to: end)
        }
    }

    private mutating func follow(verb: String, _ entry: ServerLog.Entry, from start: Double, to end: Double) {
        if transactionStart != nil, let lastStatementEnd {
            // The log rounds to milliseconds: what followed at once may seem to have begun before.
            add(.idleInTransaction, entry, from: lastStatementEnd, to: max(lastStatementEnd, start))
        }
        lastStatementEnd = end
        switch verb {
        case "BEGIN", "START":
            transactionStart = transactionStart ?? start
        case "COMMIT", "END", "ROLLBACK", "ABORT":
            add(.transaction, entry, from: transactionStart ?? start, to: end)
            transactionStart = nil
        default:
            // Outside of a block a statement is a transaction of its own.
            if transactionStart == nil { add(.transaction, entry, from: start, to: end) }
        }
    }

    private mutating func add(_ kind: EpisodeKind, _ entry: ServerLog.Entry, from start: Double, to end: Double) {
        episodes[kind, default: []].append(TrueEpisode(session: entry.application, start: start, end: end))
    }
}
