/// Writes down what is done to a server.
package struct Auditor {
    private let log: AuditLog
    private let actor: AuditLine.Actor
    private let target: String
    private let includesQueryText: Bool
    private let now: @Sendable () -> String

    /// - Parameter now: the time of this machine, as ISO 8601.
    package init(
        log: AuditLog, actor: AuditLine.Actor, target: String, includesQueryText: Bool = false,
        now: @escaping @Sendable () -> String
    ) {
        self.log = log
        self.actor = actor
        self.target = target
        self.includesQueryText = includesQueryText
        self.now = now
    }

    package func record(_ action: SessionAction, _ result: ActionResult) throws(SessionsError) {
        try log.write(
            AuditLine(
                time: now(), actor: actor, target: target, action: action, result: result,
                includesQueryText: includesQueryText))
    }

    /// A command that was given to a pooler's console.
    /// - Parameter role: ours there.
    package func record(_ action: String, _ database: PooledDatabase, role: String) throws(SessionsError) {
        try log.write(
            AuditLine(
                time: now(), actor: .init(name: actor.name, role: role), target: database.pooler,
                database: database.name, action: action))
    }

    /// A change of a database's connection limit.
    package func record(
        _ action: String, database: String, limitBefore: Int, limitAfter: Int
    ) throws(SessionsError) {
        try log.write(
            AuditLine(
                time: now(), actor: actor, target: target, database: database, action: action,
                limitBefore: limitBefore, limitAfter: limitAfter))
    }
}
