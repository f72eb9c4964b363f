import Foundation
import Postgres

/// How many files a PgBouncer on this host may have open, as the system says it of its process.
enum LocalFileLimit {
    /// Processes looked at, at most.
    private static let processLimit = 100_000

    /// Nil where the connection leads elsewhere, no PgBouncer runs here, or several with different limits do.
    /// - Parameter file: The configuration that it says it has read; of several, it is the one that was started with it.
    static func ofPgBouncer(
        behind connection: ConnectionString, file: String? = nil, processes: String = "/proc"
    ) -> Double? {
        guard isLocal(connection) else { return nil }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: processes)) ?? []
        var limits: Set<Double> = []
        for name in names.prefix(processLimit) where name.allSatisfy(\.isNumber) {
            guard let command = text("\(processes)/\(name)/comm"), command.hasPrefix("pgbouncer") else { continue }
            guard let limit = text("\(processes)/\(name)/limits").flatMap(softLimit) else { continue }
            let words = text("\(processes)/\(name)/cmdline")?.split(separator: "\0") ?? []
            if let file, !file.isEmpty, words.contains(where: { $0 == file }) { return limit }
            limits.insert(limit)
        }
        return limits.count == 1 ? limits.first : nil
    }

    static func isLocal(_ connection: ConnectionString) -> Bool {
        guard let host = connection["hostaddr"] ?? connection["host"] else { return connection["service"] == nil }
        return host.hasPrefix("/") || host.hasPrefix("127.") || host == "::1" || host == "localhost"
    }

    /// The soft limit in `/proc/<pid>/limits`; nil when there is none, or the line is not there.
    static func softLimit(_ limits: String) -> Double? {
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
    }

    private static func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
