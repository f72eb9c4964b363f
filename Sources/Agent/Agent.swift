import Exposition
import Logging
import Observations
import ServiceLifecycle
import Sessions
import WebServer

/// The agent: one task per target, one for itself, and the web server, for as long as `run()` runs.
package struct Agent: Service {
    private let configuration: AgentConfiguration
    private let version: String
    private let log: Logger
    private let store: SnapshotStore
    private let status: StatusBoard
    private let pools: TargetPools
    private let guardLogs: GuardLogs
    private let scrapes: ScrapeLog
    private let server: WebServer
    private let web: WebConfiguration?

    /// Starts to listen, so that a taken port is known before anything else happens.
    /// - Throws: `WebServerError`, one sentence, when an address cannot be listened on; `SessionsError` when the audit log
    ///   of a guard cannot be opened; `ConfigurationError` when the web configuration file is bad.
    package init(_ configuration: AgentConfiguration, version: String, log: Logger) throws {
        guardLogs = try GuardLogs(configuration)
        self.configuration = configuration
        self.version = version
        self.log = log
        store = SnapshotStore(targets: configuration.targets.map(\.profile)) { Self.processSnapshot(version: version) }
        status = StatusBoard(store: store, version: version)
        pools = TargetPools(configuration)
        store.publishOwn(Self.ownSnapshot(pools))
        scrapes = ScrapeLog(startedAt: WallTime.now)
        web = try configuration.webConfigFile.map(WebConfiguration.load)
        server = try WebServer.start(
            configuration.listen, options: WebServerOptions(),
            router: AgentRoutes.router(store: store, status: status, scrapes: scrapes), security: web?.security)
    }

    /// The addresses with their real ports.
    package var addresses: [ListenAddress] { server.boundAddresses }

    /// Samples until the task is cancelled or a graceful shutdown begins; then sessions and connections are closed.
    package func run() async {
        sayHello()
        var outlets = SampleOutlets(store: store, board: ClusterBoard(), guardLogs: guardLogs)
        outlets.advice.snoozes = configuration.snoozes
        // The file may ask for passwords later: the pages look at each request whether its client is known.
        outlets.showsSessions = web != nil
        outlets.advice.scrapes = scrapes
        let sampler = Sampler(configuration, pools: pools, outlets: outlets, log: log)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await sampler.run() }
                group.addTask { await watchSelf() }
                group.addTask { await watchWebConfiguration() }
                await group.waitForAll()
            }
        }
        server.stop()
        log.info("stopped")
    }

    private func watchSelf() async {
        var ticker = Ticker(start: .now, interval: max(configuration.interval, .seconds(1)))
        while !Task.isCancelled {
            do { try await Task.sleep(until: ticker.next(now: .now).instant, clock: .continuous) } catch { return }
            store.publishOwn(Self.ownSnapshot(pools))
            status.record(at: WallTime.now)
        }
    }

    private func sayHello() {
        let how = web.map { ": \($0.summary)" } ?? ""
        for address in addresses { log.info("listening on \(address)\(how)") }
        guard let path = configuration.webConfigFile else { return }
        for notice in web?.notices ?? [] { log.warning("\(path): \(notice)") }
    }

    private func watchWebConfiguration() async {
        guard let path = configuration.webConfigFile, let web else { return }
        var watch = WebConfigurationWatch(path: path, web, server: server, log: log)
        await watch.run()
    }

    /// What the agent says of its own pools.
    private static func ownSnapshot(_ pools: TargetPools) -> Snapshot {
        var builder = SnapshotBuilder(isUp: true)
        pools.emit(into: &builder)
        return builder.build()
    }

    /// What it says of its process: files of /proc, which are worth reading for whoever asks.
    private static func processSnapshot(version: String) -> Snapshot {
        var builder = SnapshotBuilder(isUp: true)
        ProcessFamilies.emit(version: version, into: &builder)
        return builder.build()
    }
}
