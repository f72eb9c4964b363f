/// A pool of a pooler: PgBouncer has one for each database and user.
package struct PoolKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let database: String
    /// Empty where users are not told apart.
    package let user: String

    package init(database: String, user: String = "") {
        self.database = database
        self.user = user
    }

    package var description: String { user.isEmpty ? database : "\(database)/\(user)" }

    package static func < (lhs: Self, rhs: Self) -> Bool { (lhs.database, lhs.user) < (rhs.database, rhs.user) }
}
