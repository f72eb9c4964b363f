import Foundation
import Observations

/// `SHOW USERS`: names only before 1.23, then also what each user's limits are and how much of them is used.
package enum BouncerUsersSource: Source {
    package static let name = "pgbouncer_users"
    package static let cadence = Cadence.every(.seconds(10))

    private static let numbers = [
        "pool_size", "reserve_pool_size", "max_user_connections", "current_connections", "max_user_client_connections",
        "current_client_connections",
    ]

    package static let knownColumns: Set<String>? = Set(numbers).union(["name", "pool_mode"])

    package static func statement(in context: SourceContext) -> String? { "SHOW USERS" }

    package static func decode(_ table: any ResultTable) throws(DecodeError) -> [PgBouncerUser] {
        let name = try table.required("name")
        let readers = numbers.map { ($0, table.column($0)) }
        return (0..<table.rowCount).map { row in
            var values: [String: Double] = [:]
            for (column, reader) in readers {
                // pool_size and reserve_pool_size come as texts padded with spaces, empty where they are not set.
                values[column] = reader.text(row).flatMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            }
            return PgBouncerUser(name: name.text(row) ?? "", numbers: values)
        }
    }
}
