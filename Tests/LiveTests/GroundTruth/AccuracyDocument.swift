import Foundation
import Locking

/// `docs/accuracy.md`, whose sections are written by the tests that measure them.
///
/// `UPDATE_ACCURACY=1 swift test --filter 'GroundTruth|PoolWaitTests'` writes them anew; otherwise the document is only read.
enum AccuracyDocument {
    /// A heading of the document; each section lies between its heading and the next.
    enum Section: String, CaseIterable {
        case method = "How it is measured"
        case episodes = "Statements, transactions and sessions against the server's log"
        case estimates = "How far estimates are off"
        case totals = "The histogram of statements against pg_stat_statements"
        case percentiles = "Percentiles against the log"
        // Written by `PoolWaitTests`: clients of a real PgBouncer that measure their own waits.
        case slowQueue = "Waits in PgBouncer: a slow queue"
        case fastQueue = "Waits in PgBouncer: a fast queue"
        case outage = "Waits in PgBouncer: everybody is cut off"
        case pause = "Waits in PgBouncer: a pause that ends"
    }

    private static var file: URL { projectDirectory.appending(path: "docs/accuracy.md") }

    static var isToBeUpdated: Bool { ProcessInfo.processInfo.environment["UPDATE_ACCURACY"] == "1" }

    static func read() throws -> String { try String(contentsOf: file, encoding: .utf8) }

    /// Puts a text in the place of a section's, or at the end where there is none yet.
    static func update(_ section: Section, _ text: String) throws {
        // Several tests may have something to write at once.
        try lock.withLock { _ in
            let document = replacing(section, with: text, in: (try? read()) ?? title)
            try document.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    private static let lock = Guarded(())

    private static let title = """
        # How accurate Poolscope is

        Written by the tests that measure it, from one run on one machine; every run of the tests checks what is promised
        here, not the figures.

        """

    static func replacing(_ section: Section, with text: String, in document: String) -> String {
        let heading = "\n## \(section.rawValue)\n"
        let block = heading + "\n" + text.trimmingCharacters(in: .newlines) + "\n"
        guard let start = document.range(of: heading) else { return document + block }
        let end = document[start.upperBound...].range(of: "\n## ")?.lowerBound ?? document.endIndex
        return document.replacingCharacters(in: start.lowerBound..<end, with: block)
    }
}
