/// All checks, in the order in which they are told. To add one: its file, its test, a line here.
package enum Checks {
    package static let all: [any Check.Type] = [
        TargetReachable.self
        // The checklist.
        // PgBouncer.
        // The server.
    ]

    /// The check with this id.
    package static func check(_ id: String) -> (any Check.Type)? { all.first { $0.id == id } }
}
