import ConnectionPool
import Locking
import Postgres
import PostgresPool

/// What the tasks of a chaos test saw, to be compared with what pool and server say.
struct ChaosTally: Sendable {
    var asked = 0
    var begun = 0
    var ended = 0
    var answered = 0
    var refused: [PoolError.Code: Int] = [:]
    /// Rows by what the transaction that inserted them was said to have become.
    var committed: Set<Int> = []
    var rolledBack: Set<Int> = []
    var unknown: Set<Int> = []
    /// Statements that were given up at their deadline, and those whose connection went on afterwards.
    var givenUp = 0
    var survived = 0
    var errors: [PostgresError.Kind: Int] = [:]
    /// What must not happen; the first twenty.
    private(set) var wrong: [String] = []

    mutating func note(wrong what: String) {
        if wrong.count < 20 { wrong.append(what) }
    }

    var summary: String {
        "asked \(asked), lent \(begun), refused \(refused.map { "\($0.key): \($0.value)" }.sorted()), "
            + "committed \(committed.count), rolled back \(rolledBack.count), unknown \(unknown.count), "
            + "given up \(givenUp), of which the connection lived on \(survived), "
            + "errors \(errors.map { "\($0.key): \($0.value)" }.sorted())"
    }
}
