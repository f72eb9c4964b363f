import Operations
import Practice

extension StatusReport {
    /// What a person should look at first, in a sentence.
    struct Trouble: Equatable {
        let level: StatusLevel
        let sentence: String
    }

    /// Critical ones first.
    var troubles: [Trouble] {
        let all = targets.compactMap(\.trouble) + pools.compactMap(\.trouble) + databases.flatMap(\.troubles)
        return all.filter { $0.level == .critical } + all.filter { $0.level != .critical }
    }
}

extension StatusReport.Target {
    fileprivate var trouble: StatusReport.Trouble? {
        guard !isUp else { return nil }
        let why = reason.map { ": \($0)" } ?? ""
        return .init(
            level: state == "connecting" ? .warning : .critical, sentence: "\(name) is not watched, \(state)\(why)")
    }
}

extension StatusReport.Pool {
    /// `shop/web on pooler`; the server's slots and in-process pools have fewer names.
    var title: String {
        let names = [database, user].filter { !$0.isEmpty }.joined(separator: "/")
        let place = target.isEmpty ? "this agent" : target
        return names.isEmpty ? (pooler == "server" ? "slots of \(place)" : place) : "\(names) on \(place)"
    }

    var saturationLevel: StatusLevel {
        .of(saturation, warning: Thresholds.Saturation.warning, critical: Thresholds.Saturation.critical)
    }

    var waitLevel: StatusLevel {
        .of(
            waitingClients > 0 ? oldestWaitSeconds : nil, warning: Thresholds.PoolWait.warning,
            critical: Thresholds.PoolWait.critical)
    }

    fileprivate var trouble: StatusReport.Trouble? {
        if waitingClients > 0 {
            let clients = StatusText.count(waitingClients, "client")
            return .init(
                level: waitLevel == .critical ? .critical : .warning,
                sentence: "\(clients) \(waitingClients == 1 ? "waits" : "wait") for \(title), the first for "
                    + StatusText.duration(oldestWaitSeconds))
        }
        // Application pools may be full without harm; a server without slots refuses.
        if pooler == "server", let saturation, saturationLevel != .fine {
            return .init(
                level: saturationLevel, sentence: "\(StatusText.percent(saturation)) of the \(title) are taken")
        }
        return nil
    }
}

extension StatusReport.Database {
    var title: String { "\(database) on \(target)" }

    fileprivate var troubles: [StatusReport.Trouble] {
        [blocked, idleInTransaction, leak].compactMap { $0 }
    }

    private var blocked: StatusReport.Trouble? {
        guard let blockedSessions, blockedSessions > 0 else { return nil }
        let longest = longestBlockSeconds.map { ", the longest for \(StatusText.duration($0))" } ?? ""
        let level = StatusLevel.of(
            blockedSessions, warning: 1, critical: Thresholds.Blocked.sessionsCritical)
        let sessions = StatusText.count(blockedSessions, "session")
        return .init(
            level: level,
            sentence: "\(sessions) \(blockedSessions == 1 ? "waits" : "wait") for a lock in \(title)\(longest)")
    }

    private var idleInTransaction: StatusReport.Trouble? {
        guard let seconds = oldestIdleInTransactionSeconds, seconds >= Thresholds.IdleInTransaction.warning else {
            return nil
        }
        return .init(
            level: seconds >= Thresholds.IdleInTransaction.critical ? .critical : .warning,
            sentence: "a session in \(title) has been idle in a transaction for \(StatusText.duration(seconds))")
    }

    private var leak: StatusReport.Trouble? {
        guard let leakedConnections, leakedConnections > 0 else { return nil }
        return .init(
            level: .warning,
            sentence: "\(StatusText.count(leakedConnections, "connection")) in \(title) "
                + "\(leakedConnections == 1 ? "looks" : "look") leaked")
    }
}
