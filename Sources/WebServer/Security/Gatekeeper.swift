internal import Locking

/// Decides who may see the pages: all addresses of a server share it.
///
/// bcrypt is slow on purpose, so a password is checked once and its digest remembered, right or wrong. The check runs on
/// a thread of its own, one at a time, while MHD sets the connection aside: whoever tries passwords takes no time from
/// those whose password is known, at most one processor, and after a few wrong ones he has to wait. Both memories, the
/// queue and the list of addresses are bounded.
final class Gatekeeper: Sendable {
    enum Answer: Equatable {
        case granted
        /// No password, or a wrong one.
        case refused
        /// Too many wrong ones from this address; the time to wait.
        case tooMany(Duration)
        /// So many passwords are being checked that this one found no place.
        case busy
        /// Nobody knows yet: ask again after `check`.
        case unknown
    }

    static let rejectedLimit = 256
    /// Passwords that wait to be checked, of all addresses and of one.
    static let queueLimit = 32
    static let queueLimitOfAddress = 2
    /// Connections that wait for the same password.
    static let waiterLimit = 64

    private struct Waiter: Sendable {
        let connection: ConnectionReference
        let place: HeldConnections
    }

    private struct Job: Sendable {
        let digest: CredentialDigest
        let credentials: BasicCredentials
        let hash: PasswordHash
        let isUser: Bool
        let address: ClientAddress
        var waiters: [Waiter]
    }

    private struct State: Sendable {
        var users: [[UInt8]: PasswordHash] = [:]
        /// Stands in for the hash of a user that there is not, so that both take the same time.
        var nobody = PasswordHash.ofNobody(cost: 10)
        var headers: [ReplyHeader] = []
        var rate: RequestRate?
        var bucket: RequestBucket?
        var accepted: Set<CredentialDigest> = []
        var rejected = RecentSet<CredentialDigest>(limit: Gatekeeper.rejectedLimit)
        var limiter = AttemptLimiter()
        var jobs: [Job] = []
        var isWorking = false
    }

    private let digester = CredentialDigester()
    // Guards all of it; no password is checked under it.
    private let state = Guarded(State())

    init(_ security: WebServerSecurity) {
        update(security)
    }

    /// Takes other users, another rate and other headers from now on.
    func update(_ security: WebServerSecurity) {
        state.withLock { state in
            let users = Dictionary(uniqueKeysWithValues: security.users.map { (Array($0.key.utf8), $0.value) })
            let rate = security.rate
            if state.rate != rate { (state.rate, state.bucket) = (rate, rate.map(RequestBucket.init)) }
            state.headers = security.headers
            guard state.users != users else { return }
            state.users = users
            state.nobody = .ofNobody(cost: users.values.map(\.cost).max() ?? 10)
            // Digests have the hash in them: those of others are never asked for again.
            state.accepted = []
        }
    }

    /// What every reply gets.
    var headers: [ReplyHeader] { state.withLock { $0.headers } }

    /// Whether anybody needs a password.
    var wantsPassword: Bool { state.withLock { !$0.users.isEmpty } }

    /// Whether there is room for one more request.
    func takeRequest(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.bucket?.take(at: now) ?? true }
    }

    /// What is known of these credentials. Takes no time to speak of.
    func answer(
        to credentials: BasicCredentials?, from address: ClientAddress, at now: ContinuousClock.Instant
    ) -> Answer {
        guard let credentials else { return .refused }
        let (hash, _) = entry(of: credentials)
        let digest = digester.digest(credentials, hash)
        return state.withLock { state in
            if state.accepted.contains(digest) { return .granted }
            if state.rejected.contains(digest) { return .refused }
            if state.jobs.contains(where: { $0.digest == digest && $0.waiters.count < Self.waiterLimit }) {
                return .unknown
            }
            if let wait = state.limiter.wait(address, at: now) { return .tooMany(wait) }
            return Self.hasRoom(state, address) ? .unknown : .busy
        }
    }

    /// Has the credentials checked, and lets the connection go on when that is done, or at once where there is no room.
    func check(
        _ credentials: BasicCredentials, from address: ClientAddress, for connection: ConnectionReference,
        in place: HeldConnections
    ) {
        let (hash, isUser) = entry(of: credentials)
        let digest = digester.digest(credentials, hash)
        let waiter = Waiter(connection: connection, place: place)
        let (isTaken, needsThread) = state.withLock { state in
            if let index = state.jobs.firstIndex(where: { $0.digest == digest }) {
                guard state.jobs[index].waiters.count < Self.waiterLimit else { return (false, false) }
                state.jobs[index].waiters.append(waiter)
                return (true, false)
            }
            guard Self.hasRoom(state, address) else { return (false, false) }
            state.jobs.append(
                Job(
                    digest: digest, credentials: credentials, hash: hash, isUser: isUser, address: address,
                    waiters: [waiter]))
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        if !isTaken { return place.release(connection) }
        if needsThread, !startDetachedThread({ [self] in work() }) { giveUp() }
    }

    private func entry(of credentials: BasicCredentials) -> (PasswordHash, isUser: Bool) {
        state.withLock { state in
            let hash = state.users[credentials.user]
            return (hash ?? state.nobody, hash != nil)
        }
    }

    private static func hasRoom(_ state: State, _ address: ClientAddress) -> Bool {
        state.jobs.count < queueLimit && state.jobs.count { $0.address == address } < queueLimitOfAddress
    }

    /// Checks one after another until there is none; a job stays in the list while it is checked.
    private func work() {
        while let job = next() {
            let isRight = job.hash.matches(job.credentials.withPassword(Array.init)) && job.isUser
            let waiters = state.withLock { state in
                finish(job, isRight: isRight, at: .now, in: &state)
            }
            for waiter in waiters { waiter.place.release(waiter.connection) }
        }
    }

    private func next() -> Job? {
        state.withLock { state in
            if state.jobs.isEmpty { state.isWorking = false }
            return state.jobs.first
        }
    }

    private func finish(
        _ job: Job, isRight: Bool, at now: ContinuousClock.Instant, in state: inout State
    ) -> [Waiter] {
        if isRight {
            // The users may be others by now: then the digest is never asked for, and the next update forgets it.
            state.accepted.insert(job.digest)
        } else {
            state.rejected.insert(job.digest)
            state.limiter.failed(job.address, at: now)
        }
        return state.jobs.removeFirst().waiters
    }

    /// Without a thread nobody is checked: those who wait are told to come again.
    private func giveUp() {
        let jobs = state.withLock { state in
            defer { (state.jobs, state.isWorking) = ([], false) }
            return state.jobs
        }
        for waiter in jobs.flatMap(\.waiters) { waiter.place.release(waiter.connection) }
    }
}

/// The last few members that were put in.
struct RecentSet<Member: Hashable & Sendable>: Sendable {
    let limit: Int
    private var members: Set<Member> = []
    private var order: [Member] = []
    private var oldest = 0

    init(limit: Int) {
        precondition(limit > 0, "a set without room")
        self.limit = limit
    }

    func contains(_ member: Member) -> Bool { members.contains(member) }

    /// Forgets the oldest one where there is no room.
    mutating func insert(_ member: Member) {
        guard members.insert(member).inserted else { return }
        guard order.count == limit else { return order.append(member) }
        members.remove(order[oldest])
        order[oldest] = member
        oldest = (oldest + 1) % limit
    }
}
