import Glibc
import Locking
import SystemPackage

/// A temporary directory with a janitor: when this process ends in whatever way (also SIGKILL), every server that works
/// in it is stopped and the directory removed.
///
/// It belongs to the account of the servers and is closed to everybody else.
package final class PrivateDirectory: Sendable {
    /// The absolute path; short enough for a unix socket inside.
    package let path: String

    /// The socket whose closing wakes the janitor; guarded so that it is closed once.
    private let lifeline: Guarded<FileDescriptor?>

    private init(path: String, lifeline: FileDescriptor) {
        self.path = path
        self.lifeline = Guarded(lifeline)
    }

    deinit { release() }

    /// Creates the directory under `TMPDIR`, or under /tmp when that is not set or too long for a unix socket.
    ///
    /// - Throws: `PrivateServerError` when it cannot be created, or its janitor cannot be started.
    package static func create(prefix: String) async throws -> PrivateDirectory {
        let path = try makeUnique(prefix: prefix)
        do {
            try handOver(path)
            return PrivateDirectory(path: path, lifeline: try await Janitor.start(for: path))
        } catch {
            rmdir(path)
            throw PrivateServerError("cannot prepare the temporary directory \(path): \(error)")
        }
    }

    /// Stops every server in the directory, deletes it and ends the janitor. Idempotent; works in a cancelled task too.
    package func remove() async {
        release()
        let path = self.path
        // A task of its own, since in a cancelled one no sleep would sleep.
        _ = await Task { try? await holds(within: .seconds(10)) { access(path, F_OK) != 0 } }.value
    }

    /// Writes a file (`name` may lie in a subdirectory), readable by the servers alone; returns its path.
    package func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
            try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
        } catch {
            throw PrivateServerError("cannot write \(file): \(error)")
        }
        try Self.handOver(file)
        return file
    }

    /// Makes a subdirectory of the servers' account; returns its path.
    package func makeSubdirectory(_ name: String) throws -> String {
        let directory = "\(path)/\(name)"
        guard mkdir(directory, 0o700) == 0 else {
            throw PrivateServerError("cannot create \(directory): \(Errno(rawValue: errno))")
        }
        try Self.handOver(directory)
        return directory
    }

    private func release() {
        let descriptor = lifeline.withLock { held in
            defer { held = nil }
            return held
        }
        try? descriptor?.close()
    }

    private static func makeUnique(prefix: String) throws -> String {
        let wished = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        // A socket's path is limited to 107 bytes: "/" + prefix + "-XXXXXX" + "/.s.PGSQL.54321" must still fit.
        let parent = wished.hasPrefix("/") && wished.utf8.count + prefix.utf8.count + 24 < 100 ? wished : "/tmp"
        var template = Array("\(parent)/\(prefix)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw PrivateServerError("cannot create a temporary directory in \(parent): \(Errno(rawValue: errno))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func handOver(_ path: String) throws {
        let account = ServerAccount.current
        guard !account.isForeign || chown(path, account.userID, account.groupID) == 0 else {
            throw PrivateServerError("cannot give \(path) to user \(account.userID): \(Errno(rawValue: errno))")
        }
    }
}
