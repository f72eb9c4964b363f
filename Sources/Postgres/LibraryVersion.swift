internal import CPostgres

/// The C library that this target stands on.
package enum LibraryVersion {
    /// The version of libpq that runs, e.g. `15.18`. Calls `PQlibVersion`.
    package static var libpq: String {
        let number = PQlibVersion()
        return "\(number / 10_000).\(number % 10_000)"
    }
}
