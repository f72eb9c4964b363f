import Advisor
import Locking
import Observations

/// What a target has told for the checks, its own and those of its cluster.
struct GatheredFacts: Sendable {
    enum Subject: Sendable {
        case server(ServerFacts)
        case bouncer(BouncerFacts)
    }

    let subject: Subject
    /// The agent's wall clock.
    let time: Double
    let watchedSeconds: Double
    /// Between two reads of the counters; 0 where there are not two.
    let countedSeconds: Double
    /// Sources that have been asked, whatever they answered.
    let asked: Set<String>
}

/// Where targets put the facts that checks need, for those of the same cluster and for `poolscope check`.
final class AdviceBoard: Sendable {
    /// Seconds after which what a target said is no longer true of its cluster.
    static let validity = 150.0

    private struct Entry {
        let cluster: String?
        let facts: GatheredFacts
    }

    // Guards the latest facts by target.
    private let entries = Guarded<[String: Entry]>([:])

    /// Says what is known of a target; nil when it cannot be read.
    func publish(_ facts: GatheredFacts?, of profile: TargetProfile) {
        let entry = facts.map { Entry(cluster: profile.cluster, facts: $0) }
        entries.withLock { $0[profile.name] = entry }
    }

    func facts(of target: String) -> GatheredFacts? { entries.withLock { $0[target]?.facts } }

    /// What the other targets of a cluster have said lately, by name.
    func neighbours(of profile: TargetProfile, at time: Double) -> [String: GatheredFacts.Subject] {
        guard let cluster = profile.cluster else { return [:] }
        return entries.withLock { entries in
            entries.filter { name, entry in
                name != profile.name && entry.cluster == cluster && time - entry.facts.time <= Self.validity
            }.mapValues(\.facts.subject)
        }
    }
}

extension CheckFacts {
    /// The facts of one target, its neighbours' among them.
    init(
        target: CheckedTarget, gathered: GatheredFacts?, neighbours: [String: GatheredFacts.Subject]
    ) {
        self.init(target: target, watchedSeconds: gathered?.watchedSeconds ?? 0)
        switch gathered?.subject {
        case .server(let facts): server = .known(facts)
        case .bouncer(let facts): bouncer = .known(facts)
        case nil: break
        }
        for (name, neighbour) in neighbours {
            switch neighbour {
            case .server(let facts): servers[name] = facts
            case .bouncer(let facts): poolers[name] = facts
            }
        }
    }
}
