import Advisor
import Collectors
import Logging
import Observations

/// Watches all targets of a configuration for a while, as the agent does, and evaluates the checks on what it saw.
///
/// Bounded: one look of a target takes as long as the agent's would; the whole ends at the latest `patience` after the
/// watch, and what could not be had by then is told as not known.
package struct SystemCheck: Sendable {
    /// How long beyond the watch targets may take to answer.
    static let patience: Duration = .seconds(15)
    package static let watchBounds: ClosedRange<Duration> = .zero ... .seconds(86_400)
    package static let defaultWatch: Duration = .seconds(10)
    /// The cluster of targets that are given together on a command line, without a configuration.
    package static let commandLineCluster = "command line"

    private let configuration: AgentConfiguration
    private let watch: Duration
    private let log: Logger

    /// - Parameter watch: within `watchBounds`; zero for one look.
    package init(_ configuration: AgentConfiguration, watch: Duration, log: Logger) {
        var configuration = configuration
        for index in configuration.targets.indices {
            // However seldom the agent is to sample, here a second's look is asked for.
            configuration.targets[index].interval = .seconds(1)
        }
        self.configuration = configuration
        self.watch = watch
        self.log = log
    }

    /// The facts of each target, in the order of the configuration.
    package func gather() async -> [CheckFacts] {
        let store = SnapshotStore(targets: configuration.targets.map(\.profile))
        var outlets = SampleOutlets(store: store, board: ClusterBoard())
        outlets.advice = .look
        outlets.otherSources = Self.otherSources
        outlets.longestPause = max(.seconds(1), watch / 4)
        let sampler = Sampler(configuration, pools: TargetPools(configuration), outlets: outlets, log: log)
        let board = outlets.board.advice
        return await withTaskGroup(of: [CheckFacts]?.self) { group in
            group.addTask {
                await sampler.run()
                return nil
            }
            group.addTask { await self.facts(store, board) }
            // The sampler only ends when it is cancelled.
            for await facts in group {
                guard let facts else { continue }
                group.cancelAll()
                return facts
            }
            return []
        }
    }

    /// Read besides what the collectors need.
    private static let otherSources: [TargetKind: [any Source.Type]] = [
        .postgres: [SettingWordsSource.self, SessionStateSource.self]
    ]

    /// Waits until each target was seen for long enough, then collects.
    private func facts(_ store: SnapshotStore, _ board: AdviceBoard) async -> [CheckFacts] {
        let started = ContinuousClock.now
        while ContinuousClock.now - started < watch + Self.patience {
            let elapsed = ContinuousClock.now - started
            if store.current.statuses.allSatisfy({ isSeen($0, board, elapsed: elapsed) }) { break }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
        }
        let time = WallTime.now
        return zip(configuration.targets, store.current.statuses).map { target, status in
            let gathered = status.state == .up ? board.facts(of: target.name) : nil
            var checked = self.target(target, status, isGathered: gathered != nil)
            if case .bouncer(let bouncer) = gathered?.subject {
                checked.fileLimit = LocalFileLimit.ofPgBouncer(
                    behind: target.connection, file: try? bouncer.word("conffile"))
            }
            return CheckFacts(
                target: checked, gathered: gathered, neighbours: board.neighbours(of: target.profile, at: time))
        }
    }

    private func isSeen(_ status: TargetStatus, _ board: AdviceBoard, elapsed: Duration) -> Bool {
        switch status.state {
        case .up: break
        // What says no will say no in a second, too.
        case .refused, .authFailed, .tlsFailed, .permissionDenied: return status.wasTried
        case .connecting, .timeout, .tooManyConnections, .startingUp, .disconnected:
            return status.wasTried && elapsed >= .seconds(5)
        }
        guard let facts = board.facts(of: status.profile.name) else { return false }
        let seconds = watch / .seconds(1)
        return facts.watchedSeconds >= seconds && facts.countedSeconds >= seconds / 2
            && Self.sources[status.profile.kind]?.isSubset(of: facts.asked) ?? false
    }

    /// Names of all that a target of each kind is to be asked for.
    private static let sources = Dictionary(
        uniqueKeysWithValues: TargetKind.allCases.map { kind in
            let all = Collectors.sources(for: kind) + (otherSources[kind] ?? [])
            return (kind, Set(all.filter { $0.cadence != .betweenSamples }.map { $0.name }))
        })

    private func target(_ target: TargetConfiguration, _ status: TargetStatus, isGathered: Bool) -> CheckedTarget {
        var checked = CheckedTarget(
            target.profile, state: status.state, memoryBytes: target.memoryBytes.map(Double.init))
        checked.problem = status.sentence
        if status.state == .connecting || (status.state == .up && !isGathered) {
            checked.state = .timeout
            checked.problem = "there was no answer within \(DurationText.format(watch + Self.patience))"
        }
        return checked
    }
}
