import Logging

/// Samples all targets of a configuration, each in a task of its own, into outlets that they share.
struct Sampler {
    private let configuration: AgentConfiguration
    private let pools: TargetPools
    private let outlets: SampleOutlets
    private let log: Logger

    init(_ configuration: AgentConfiguration, pools: TargetPools, outlets: SampleOutlets, log: Logger) {
        self.configuration = configuration
        self.pools = pools
        self.outlets = outlets
        self.log = log
    }

    /// Samples until the task is cancelled; then the sessions are closed.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for (index, target) in configuration.targets.enumerated() {
                group.addTask {
                    var monitor = TargetMonitor(
                        target, index: index, interval: target.interval ?? configuration.interval,
                        pool: pools.pools[index], outlets: outlets, log: log)
                    await monitor.run()
                }
            }
            await group.waitForAll()
        }
    }

    /// As above, but no longer than `duration`, if there is one.
    func run(for duration: Duration?) async {
        guard let duration else { return await run() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run() }
            group.addTask { try? await Task.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
