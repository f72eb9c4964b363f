import Glibc

/// The account under which private servers run: our own, or, when we are root, `postgres` or `nobody`,
/// because PostgreSQL and PgBouncer refuse to run as root.
struct ServerAccount: Sendable, Equatable {
    let userID: uid_t
    let groupID: gid_t

    /// Whether processes and files must be handed over, which only root can do.
    var isForeign: Bool { userID != geteuid() }

    /// What to put before a command so that it runs under the account.
    ///
    /// A program rather than `setuid` between fork and exec: glibc's `setuid` speaks to all threads and can wait for ever
    /// in the fork of a process that has several.
    var prefix: [String] {
        isForeign ? ["setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--clear-groups"] : []
    }

    /// Looked up once, since `getpwnam` answers in a buffer that the whole process shares.
    static let current: ServerAccount = {
        guard geteuid() == 0 else { return ServerAccount(userID: geteuid(), groupID: getegid()) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return ServerAccount(userID: entry.pointee.pw_uid, groupID: entry.pointee.pw_gid)
            }
        }
        return ServerAccount(userID: 65534, groupID: 65534)
    }()
}
