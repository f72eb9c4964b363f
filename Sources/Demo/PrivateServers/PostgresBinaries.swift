import Glibc

/// Where the programs of a PostgreSQL installation are.
package struct PostgresBinaries: Sendable, Equatable {
    /// The directory with `initdb`, `postgres` and `psql`.
    package let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// The newest installation in Debian's places, else the one in `PATH`.
    ///
    /// - Throws: `PrivateServerError` that says what to install when there is none.
    package static func find() throws -> PostgresBinaries {
        let candidates = debianDirectories() + searchPath
        guard let found = candidates.first(where: { isComplete($0) }) else {
            throw PrivateServerError(
                "PostgreSQL's server programs (initdb, postgres, psql) are not installed: run `make deps`")
        }
        return PostgresBinaries(directory: found)
    }

    /// An installation of this major version: Debian's, else the one that `make deps` unpacked for the tests.
    ///
    /// - Throws: `PrivateServerError` that says what to do when there is none.
    package static func find(version: Int) throws -> PostgresBinaries {
        let candidates = ["/usr/lib/postgresql/\(version)/bin", "\(cache)/postgresql-\(version)/bin"]
        guard let found = candidates.first(where: { isComplete($0) }) else {
            throw PrivateServerError("PostgreSQL \(version) is not installed: run `make deps`")
        }
        return PostgresBinaries(directory: found)
    }

    /// A program that is not part of PostgreSQL, from `PATH` or the directories for servers.
    package static func locate(_ program: String) throws -> String {
        let directories = searchPath + ["/usr/sbin", "/usr/local/sbin"]
        guard let found = directories.first(where: { access("\($0)/\(program)", X_OK) == 0 }) else {
            throw PrivateServerError("\(program) is not installed: run `make deps`")
        }
        return "\(found)/\(program)"
    }

    func path(_ program: String) -> String { "\(directory)/\(program)" }

    private static var searchPath: [String] {
        (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
    }

    /// Where `scripts/deps` puts what Debian lacks, by the same rule.
    package static var cache: String {
        func value(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        if let given = value("POOLSCOPE_CACHE") { return given }
        if geteuid() == 0 { return "/var/cache/poolscope" }
        return (value("XDG_CACHE_HOME") ?? (value("HOME") ?? "") + "/.cache") + "/poolscope"
    }

    private static func isComplete(_ directory: String) -> Bool {
        ["initdb", "postgres", "psql"].allSatisfy { access("\(directory)/\($0)", X_OK) == 0 }
    }

    private static func debianDirectories() -> [String] {
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob("/usr/lib/postgresql/*/bin", 0, nil, &matches) == 0 else { return [] }
        let paths = (0..<Int(matches.gl_pathc)).compactMap { matches.gl_pathv[$0].map { String(cString: $0) } }
        return paths.sorted { version(of: $0) > version(of: $1) }
    }

    private static func version(of path: String) -> Double {
        path.split(separator: "/").dropLast().last.flatMap { Double($0) } ?? 0
    }
}
