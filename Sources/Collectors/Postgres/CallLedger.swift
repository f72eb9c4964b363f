/// Calls that the server counted, by database and statement.
struct CallLedger: Sendable {
    private(set) var batches: [String: [Int64: CallBatch]] = [:]

    /// The statement's batch, without those that have no call left.
    subscript(database: String, query: Int64) -> CallBatch? {
        get { batches[database]?[query] }
        set { batches[database, default: [:]][query] = newValue.flatMap { $0.calls > 0 ? $0 : nil } }
    }

    mutating func add(_ batch: CallBatch, _ database: String, _ query: Int64) {
        guard batch.calls > 0 else { return }
        batches[database, default: [:]][query, default: CallBatch()].add(batch)
    }

    /// The server's time for a statement, where this statement's batch can have its call.
    func time(of statement: ObservedStatement, as query: Int64) -> Double? {
        self[statement.database, query]?.time(of: statement.seconds, within: statement.range)
    }

    /// Takes a call out.
    /// - Returns: Its time, and what was left over when it was the batch's last.
    mutating func remove(_ time: Double, _ database: String, _ query: Int64) -> Double {
        guard var batch = self[database, query] else { return time }
        let before = batch.seconds
        batch.remove(time)
        self[database, query] = batch
        return before - batch.seconds
    }

    /// Divides it into batches with a mean of up to, and of more than, so many seconds.
    func split(above seconds: Double) -> (CallLedger, CallLedger) {
        var parts = (CallLedger(), CallLedger())
        for (database, batches) in batches {
            for (query, batch) in batches {
                if batch.mean > seconds {
                    parts.1.add(batch, database, query)
                } else {
                    parts.0.add(batch, database, query)
                }
            }
        }
        return parts
    }

    var databases: [String] { batches.keys.sorted() }

    /// A database's batches in a fixed order, so that a replay gives the same sums.
    func ordered(_ database: String) -> [(query: Int64, batch: CallBatch)] {
        (batches[database] ?? [:]).map { ($0.key, $0.value) }.sorted { $0.query < $1.query }
    }
}
