import Locking
import Logging
import WebServer

/// Looks at the web configuration file and the certificates it names every few seconds, and takes what has changed:
/// a renewed certificate needs neither a signal nor a restart.
///
/// What is bad is told, and the last good one stays: nobody is let in by a file that is half written.
struct WebConfigurationWatch {
    /// exporter-toolkit looks at each request.
    static let pause: Duration = .seconds(2)
    /// How long connections from before a change of certificates may last.
    static let grace: Duration = .seconds(30)

    private let path: String
    private let server: WebServer
    private let log: Logger
    private var files: FileStates
    /// What was wrong at the last look.
    private var complaint: String?
    /// Whether that was told.
    private var isTold = false
    /// When daemons were replaced whose connections still last.
    private var changed: ContinuousClock.Instant?

    init(path: String, _ configuration: WebConfiguration, server: WebServer, log: Logger) {
        self.path = path
        self.server = server
        self.log = log
        files = configuration.files
    }

    /// Runs until the task is cancelled.
    mutating func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.pause) } catch { return }
            let (before, isDue) = (self, changed.map { ContinuousClock.now - $0 >= Self.grace } ?? false)
            // Files may be slow, and daemons end when their threads do: not on the cooperative pool.
            let after: WebConfigurationWatch? = await withCheckedContinuation { continuation in
                let isStarted = startDetachedThread {
                    var copy = before
                    if isDue { copy.endRetired() }
                    copy.look()
                    continuation.resume(returning: copy)
                }
                if !isStarted { continuation.resume(returning: nil) }
            }
            if let after { self = after }
        }
    }

    private mutating func endRetired() {
        server.endRetired()
        changed = nil
    }

    /// One look. Blocks.
    mutating func look() {
        guard complaint != nil || files.now() != files else { return }
        do throws(ConfigurationError) {
            let configuration = try WebConfiguration.load(path: path)
            try apply(configuration)
            files = configuration.files
            (complaint, isTold) = (nil, false)
            log.info("\(path): taken: \(configuration.summary)")
            for notice in configuration.notices { log.warning("\(path): \(notice)") }
        } catch {
            complain(error.description)
        }
    }

    private mutating func apply(_ configuration: WebConfiguration) throws(ConfigurationError) {
        do {
            try server.secure(configuration.security)
        } catch {
            throw ConfigurationError([.init(file: path, line: nil, key: "", sentence: error.description)])
        }
        changed = .now
    }

    /// A certificate is replaced before its key, or after it: only what is still wrong at the next look is told, once.
    private mutating func complain(_ words: String) {
        if words == complaint, !isTold {
            isTold = true
            for line in words.split(separator: "\n") { log.error("\(line); what was good before holds") }
        }
        if words != complaint { (complaint, isTold) = (words, false) }
    }
}
