import Exposition
import Logging
import Observations
import ServiceLifecycle
import Sessions
import WebServer

/// The agent: one task per target and the web server, for as long as `run()` runs.
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
        let pools = TargetPools(configuration)
        self.pools = pools
        // What the agent says of itself: of its own pools, and of its process, which is read from /proc.
        let kept = KeptBuilder(SnapshotBuilder(isUp: true))
        store = SnapshotStore(targets: configuration.targets.map(\.profile)) {
            kept.snapshot { builder in
                builder.beginTick(isUp: true)
                pools.emit(into: &builder)
                ProcessFamilies.emit(version: version, into: &builder)
                return builder.build()
            }
        }
        status = StatusBoard(store: store, version: version)
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
        var outlets = SampleOutlets(store: store, status: status, board: ClusterBoard(), guardLogs: guardLogs)
        outlets.advice.snoozes = configuration.snoozes
        // The file may ask for passwords later: the pages look at each request whether its client is known.
        outlets.showsSessions = web != nil
        outlets.advice.scrapes = scrapes
        let sampler = Sampler(configuration, pools: pools, outlets: outlets, log: log)
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await sampler.run() }
                group.addTask { await watchWebConfiguration() }
                await group.waitForAll()
            }
        }
        server.stop()
        log.info("stopped")
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
}
