import Observations

/// What is written down of each action: one line of JSON.
package struct AuditLine: Sendable, Equatable {
    /// Who did it.
    package struct Actor: Sendable, Equatable {
        /// The account on this machine, `user@host`; or what acts by itself.
        package let name: String
        /// The role on the server.
        package let role: String

        package init(name: String, role: String) {
            self.name = name
            self.role = role
        }
    }

    package let json: JSONText
    package var text: String { json.text }

    /// - Parameters:
    ///   - time: of the machine that acted, as ISO 8601.
    ///   - target: the server, without secrets.
    ///   - includesQueryText: whether the statement's text is written, too, as far as it is there.
    package init(
        time: String, actor: Actor, target: String, action: SessionAction, result: ActionResult,
        includesQueryText: Bool = false
    ) {
        let row = result.row
        var members = Self.head(time: time, actor: actor, target: target, action: action.rawValue)
        members += Self.session(row) + [.init("outcome", .string(result.outcome.word))]
        if let detail = result.outcome.detail { members.append(.init("detail", .string(detail))) }
        if includesQueryText, let query = row.query { members.append(.init("query", .string(query))) }
        json = .object(members)
    }

    /// For what acts by itself, by a policy of the configuration.
    /// - Parameter outcome: as for an action, or what kept it from being one, in a word.
    package init(
        time: String, actor: Actor, target: String, policy: String, action: SessionAction, row: SessionRow,
        outcome: String, detail: String? = nil
    ) {
        var members = Self.head(time: time, actor: actor, target: target, action: action.rawValue)
        members += [.init("policy", .string(policy))] + Self.session(row) + [.init("outcome", .string(outcome))]
        if let detail { members.append(.init("detail", .string(detail))) }
        json = .object(members)
    }

    private static func session(_ row: SessionRow) -> [JSONText.Member] {
        [
            .init("pid", .integer(row.pid)), .init("backend_start", .string(row.activity.backendStart?.iso8601)),
            .init("user", .string(row.activity.user)), .init("database", .string(row.activity.database)),
            .init("application", .string(row.activity.applicationName)),
            .init("client_address", .string(row.address)), .init("behind_pooler", row.client?.json ?? .null),
            .init("state", .string(row.activity.state?.name)), .init("age_seconds", .seconds(row.age)),
        ]
    }

    /// For a change of a database's connection limit.
    package init(
        time: String, actor: Actor, target: String, database: String, action: String, limitBefore: Int,
        limitAfter: Int
    ) {
        json = .object(
            Self.head(time: time, actor: actor, target: target, action: action) + [
                .init("database", .string(database)), .init("limit_before", .integer(Int64(limitBefore))),
                .init("limit_after", .integer(Int64(limitAfter))), .init("outcome", .string("done")),
            ])
    }

    /// For a command to a pooler about one of its databases.
    package init(time: String, actor: Actor, target: String, database: String, action: String) {
        json = .object(
            Self.head(time: time, actor: actor, target: target, action: action) + [
                .init("database", .string(database)), .init("outcome", .string("done")),
            ])
    }

    private static func head(time: String, actor: Actor, target: String, action: String) -> [JSONText.Member] {
        [
            .init("time", .string(time)), .init("who", .string(actor.name)), .init("role", .string(actor.role)),
            .init("target", .string(target)), .init("action", .string(action)),
        ]
    }
}
