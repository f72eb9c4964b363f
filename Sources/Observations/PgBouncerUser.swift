/// One row of `SHOW USERS`: numbers by column name; those that the version lacks, or that are not set, are absent.
package struct PgBouncerUser: Sendable, Equatable {
    package var name: String
    package var numbers: [String: Double]

    package init(name: String, numbers: [String: Double]) {
        self.name = name
        self.numbers = numbers
    }
}

extension PgBouncerPool {
    /// All server connections of the pool, whatever they do: what PgBouncer counts against the limits of users.
    package var servers: Double { busy + (numbers["sv_idle"] ?? 0) + (numbers["sv_used"] ?? 0) }
}
