import Locking
import Logging
import ServiceLifecycle

/// What is recorded, and how much of it.
package struct RecordingOptions: Sendable {
    package var path: String
    /// Whether a file that is there already is overwritten.
    package var overwrites = false
    /// The most bytes of the file.
    package var sizeLimit = 1 << 30
    /// Nil: until it is told to stop.
    package var duration: Duration?
    package var includesQueryText = false

    package init(path: String) {
        self.path = path
    }
}

/// Samples targets as the agent does, and writes down what they answer instead of serving it.
package final class Recorder: Service {
    private let configuration: AgentConfiguration
    private let options: RecordingOptions
    private let log: Logger
    private let tap = RecordingTap()
    private let thread: RecordingThread
    // Guards how it ended, once it has.
    private let result = Guarded<RecordingSummary?>(nil)

    /// Creates the file.
    /// - Throws: a sentence, when the file is there already or cannot be created.
    package init(
        _ configuration: AgentConfiguration, options: RecordingOptions, version: String, log: Logger
    ) throws(RecordingError) {
        self.configuration = configuration
        self.options = options
        self.log = log
        let header = RecordingHeader(
            agentVersion: version, startTime: WallTime.now,
            targets: configuration.targets.map {
                RecordingHeader.Target(profile: $0.profile, interval: $0.interval ?? configuration.interval)
            }, includesQueryText: options.includesQueryText)
        let descriptor = try RecordingFile.create(path: options.path, overwriting: options.overwrites)
        thread = RecordingThread(
            tap: tap, header: header, descriptor: descriptor, path: options.path, sizeLimit: options.sizeLimit)
    }

    /// What was recorded; nil until it has ended.
    package var summary: RecordingSummary? { result.withLock { $0 } }

    /// Records until the time is up, the file is full, the task is cancelled or a graceful shutdown begins. Whatever ends
    /// it, what was sampled until then is written.
    package func run() async {
        let outlets = SampleOutlets(
            store: SnapshotStore(targets: configuration.targets.map(\.profile)), board: ClusterBoard(), tap: tap,
            includesQueryText: options.includesQueryText)
        let sampler = Sampler(configuration, pools: TargetPools(configuration), outlets: outlets, log: log)
        log.info("recording to \(options.path)")
        await withTaskGroup(of: RecordingSummary?.self) { group in
            group.addTask { [thread] in await thread.run() }
            group.addTask { [tap, options] in
                await cancelWhenGracefulShutdown { await sampler.run(for: options.duration) }
                tap.close()
                return nil
            }
            for await summary in group {
                guard let summary else { continue }
                // The file is closed: to sample any longer would be for nobody.
                group.cancelAll()
                result.withLock { $0 = summary }
            }
        }
    }
}
