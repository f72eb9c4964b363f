import Collectors
import Observations
import Sessions

/// Decides what the guard does about the sessions of one server. Pure: samples come in, and the time, in seconds of a
/// clock that only goes forward; decisions come out.
///
/// A session is acted on only when two samples, one after the other, have seen it beyond the limit at the very same
/// thing. So nothing is done on the word of a single sample, nor at once after the start.
struct GuardWatch: Sendable {
    /// What all of Poolscope calls itself, unless its connection string says otherwise.
    static let applicationName = "poolscope"

    private struct Rule {
        let policy: GuardPolicy
        let mode: GuardMode
        var leaks: GuardLeaks?
        /// What the last sample saw beyond the limit.
        var beyond: Set<GuardEpisode> = []
    }

    private var rules: [Rule]
    private var books: [GuardMode: GuardBook]

    init(_ settings: GuardSettings, target: String) {
        rules = settings.policies(for: target).map { policy in
            let leaks = policy.trigger == .leakedIdle ? GuardLeaks(threshold: policy.longerThan) : nil
            return Rule(policy: policy, mode: settings.mode(of: policy), leaks: leaks)
        }
        // What is only tried out must not use up what is meant.
        let book = GuardBook(rateLimit: settings.rateLimit)
        books = [.dryRun: book, .enforce: book]
    }

    /// Says that a sample is missing: what the one before it saw does not count.
    mutating func interrupt() {
        for index in rules.indices {
            rules[index].beyond = []
            rules[index].leaks?.interrupt()
        }
    }

    /// - Parameters:
    ///   - superusers: the roles that are superusers.
    ///   - links: which client of a pooler holds which backend.
    mutating func observe(
        _ sample: ActivitySample, superusers: Set<String>, links: PoolerLinks, at now: Double
    ) -> GuardDecision {
        let world = World(sample, superusers: superusers, links: links)
        var decision = GuardDecision()
        var chosen: Set<SessionIdentity> = []
        for index in rules.indices {
            let rows = exceeding(&rules[index], in: world, &decision)
            decide(rows, rule: index, at: now, &chosen, &decision)
        }
        let beyond = rules.reduce(into: Set<GuardEpisode>()) { $0.formUnion($1.beyond) }
        for mode in books.keys { books[mode]?.forget(allBut: sample.rows, beyond: beyond) }
        return decision
    }

    /// What became of an action of an earlier decision; nil when nobody came to try it.
    mutating func conclude(_ action: GuardAction, _ outcome: ActionOutcome?, at now: Double) {
        books[action.mode]?.conclude(action, outcome, at: now)
    }

    /// Chooses from the sessions that are beyond a rule's limit, and remembers them for the next sample.
    private mutating func decide(
        _ rows: [SessionRow], rule index: Int, at now: Double, _ chosen: inout Set<SessionIdentity>,
        _ decision: inout GuardDecision
    ) {
        let (policy, mode, before) = (rules[index].policy, rules[index].mode, rules[index].beyond)
        rules[index].beyond = []
        for row in rows.sorted(by: { ($0.age ?? 0, $1.pid) > ($1.age ?? 0, $0.pid) }) {
            guard let episode = GuardEpisode(row) else { continue }
            rules[index].beyond.insert(episode)
            guard before.contains(episode), !chosen.contains(episode.session),
                let next = books[mode]?.nextAction(of: policy, on: episode, at: now)
            else { continue }
            let action = GuardAction(
                policy: policy.name, mode: mode, action: next, row: row, condition: policy.trigger.condition,
                episode: episode)
            chosen.insert(episode.session)
            if books[mode]?.begin(next, on: episode, at: now) == true {
                decision.actions.append(action)
            } else if books[mode]?.holdBack(episode) == true {
                decision.heldBack.append(action)
            }
        }
    }

    /// The sessions that a rule is for and that are beyond its limit, without those that are never touched.
    private func exceeding(_ rule: inout Rule, in world: World, _ decision: inout GuardDecision) -> [SessionRow] {
        let policy = rule.policy
        var idle: [SessionRow] = []
        var rows: [SessionRow] = []
        for row in world.rows(at: policy.trigger) {
            let isBeyond = policy.isExceeded(by: row)
            // To tell leaks, those that are idle for a moment only are counted, too.
            guard isBeyond || rule.leaks != nil else { continue }
            if let reason = world.reasonToSpare(row, by: policy) {
                if isBeyond { decision.spared[.init(policy: policy.name, reason: reason), default: 0] += 1 }
            } else if world.isMeant(row, by: policy) {
                if isBeyond { rows.append(row) }
                idle.append(row)
            }
        }
        return rule.leaks?.observe(idle, at: world.sample.sampledAt) ?? rows
    }
}

extension GuardWatch {
    /// A sample, and what it takes to judge its sessions.
    private struct World {
        let sample: ActivitySample
        let superusers: Set<String>
        let links: PoolerLinks
        let ownRole: String?

        init(_ sample: ActivitySample, superusers: Set<String>, links: PoolerLinks) {
            self.sample = sample
            self.superusers = superusers
            self.links = links
            ownRole = sample.rows.first { $0.isSelf }?.serverUser
        }

        /// The sessions that are at something, whosever they are.
        func rows(at trigger: GuardPolicy.Trigger) -> [SessionRow] {
            sample.groups.filter { trigger.holds($0.traits.state) }.flatMap { group in
                sample.indices(of: group).map { row(sample.rows[Int($0)]) }
            }
        }

        private func row(_ activity: ActivityRow) -> SessionRow {
            var row = SessionRow(activity.withServerNames, sampledAt: sample.sampledAt)
            row.isSuperuser = activity.serverUser.map(superusers.contains) ?? false
            row.client = links[activity]
            return row
        }

        /// Why this session is never touched, or not by this policy.
        func reasonToSpare(_ row: SessionRow, by policy: GuardPolicy) -> GuardSpareReason? {
            let rule = ActionPermissions().reasonToSpare(row, from: policy.trigger.firstAction)
            if let rule { return .rule(rule) }
            if row.activity.applicationName == GuardWatch.applicationName || row.activity.user == ownRole {
                return .poolscope
            }
            let isExempt =
                policy.applications.exempt(names(of: row, certainly: false))
                || policy.users.exempt([row.activity.user ?? ""])
                || policy.databases.exempt([row.activity.database ?? ""])
            return isExempt ? .exempt : nil
        }

        func isMeant(_ row: SessionRow, by policy: GuardPolicy) -> Bool {
            policy.applications.cover(names(of: row, certainly: true)) && policy.users.cover([row.activity.user ?? ""])
                && policy.databases.cover([row.activity.database ?? ""])
        }

        /// The session's own application, and that of the client behind a pooler.
        /// - Parameter certainly: Whether the client must have had the session since it began what it is at: what a pooler
        ///   said may be a few seconds old.
        private func names(of row: SessionRow, certainly: Bool) -> [String] {
            let own = row.activity.applicationName
            guard let client = row.client, !certainly || (row.age ?? 0) > ClusterBoard.validity else { return [own] }
            return [own, client.clientApplication]
        }
    }
}
