import Exposition
import Observations

/// All collectors, in the order in which they see a tick. To add one: its file, its test, a line here.
package enum Collectors {
    package static let all: [any Collector.Type] = [
        ServerSlotsCollector.self,
        ServerLimitsCollector.self,
        ConnectionsCollector.self,
        SessionSecondsCollector.self,
        EpisodesCollector.self,
        OldestCollector.self,
        BlockingCollector.self,
        IdleOffendersCollector.self,
        LeaksCollector.self,
        ChurnCollector.self,
        IdentityCollector.self,
        PeerActivityCollector.self,
        PeerDatabasesCollector.self,
        PeerSettingsCollector.self,
        PeerRolesCollector.self,
        TimeoutsCollector.self,
        BouncerPoolsCollector.self,
        BouncerLimitsCollector.self,
        PeerBouncerPoolsCollector.self,
        PeerBouncerTotalsCollector.self,
        PeerBouncerDatabasesCollector.self,
        PeerBouncerListsCollector.self,
        PeerBouncerConfigCollector.self,
        BouncerWaitsCollector.self,
        BouncerServersCollector.self,
        PeerBouncerClientsCollector.self,
    ]

    /// Fresh collectors for one target.
    package static func make(for target: TargetProfile) -> [any Collector] {
        all.filter { $0.kind == target.kind }.map { $0.init(target: target) }
    }

    /// The sources that the collectors of this kind need, each once, in order of first use.
    package static func sources(for kind: TargetKind) -> [any Source.Type] {
        var seen: Set<String> = []
        return all.filter { $0.kind == kind }.flatMap { $0.sources }.filter { seen.insert($0.name).inserted }
    }

    /// What each of the collectors that `make(for:)` makes reads, in the same order.
    package static func sourcesOfEach(_ kind: TargetKind) -> [[any Source.Type]] {
        all.filter { $0.kind == kind }.map { $0.sources }
    }

    /// Every family of every collector, each once.
    package static var families: [FamilyDescriptor] {
        var seen: Set<String> = []
        return all.flatMap { $0.families }.filter { seen.insert($0.name).inserted }
    }
}
