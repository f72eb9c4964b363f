import Glibc
import Postgres

/// Takes passwords out of this process's argument list, which `ps` shows to every user of the machine.
enum ArgumentScrubber {
    /// Overwrites the secrets of these connection strings with `x` in the memory that `/proc/PID/cmdline` shows.
    ///
    /// Between the start and this call they can be seen: the command line remains the wrong place for a password.
    static func hideSecrets(in connectionStrings: [String]) {
        let secrets = connectionStrings.flatMap { (try? ConnectionString(parsing: $0))?.secrets ?? [] }
        // A connection string that does not parse may hold a password, too: it goes as a whole.
        let unreadable = connectionStrings.filter { (try? ConnectionString(parsing: $0)) == nil }
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            for secret in secrets + unreadable where !secret.isEmpty { overwrite(secret, in: argument) }
        }
    }

    private static func overwrite(_ secret: String, in argument: UnsafeMutablePointer<CChar>) {
        var start = argument
        while let found = strstr(start, secret) {
            memset(found, Int32(UInt8(ascii: "x")), secret.utf8.count)
            start = found + secret.utf8.count
        }
        // In a URI the password may stand percent-encoded: then what stands between “:” and “@” goes.
        guard let scheme = strstr(argument, "://"), let at = strchr(scheme, Int32(UInt8(ascii: "@"))),
            let colon = strchr(scheme + 3, Int32(UInt8(ascii: ":"))), colon < at
        else { return }
        memset(colon + 1, Int32(UInt8(ascii: "x")), at - colon - 1)
    }
}
