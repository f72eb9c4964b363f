import Observations

extension SessionRow {
    /// The members of the session's object in `--format json` and, fewer, in audit lines.
    package var json: JSONText {
        var members: [JSONText.Member] = [
            .init("pid", .integer(pid)),
            .init("backend_start", .string(activity.backendStart?.iso8601)),
            .init("kind", .string(isReplication ? "replication" : "client")),
            .init("user", .string(activity.user)),
            .init("superuser", .bool(isSuperuser)),
            .init("database", .string(activity.database)),
            .init("application", .string(activity.applicationName)),
            .init("client_address", .string(address)),
            .init("behind_pooler", client?.json ?? .null),
            .init("state", .string(activity.state?.name)),
            .init("age_seconds", .seconds(age)),
            .init("transaction_seconds", .seconds(transactionAge)),
            .init("wait_event_type", .string(activity.waitEventType)),
            .init("wait_event", .string(activity.waitEvent)),
            .init("blocked_by", .array(blockedBy.map { .integer($0) })),
            .init("blocks", .integer(Int64(blocks))),
            // As text: programs that read numbers as doubles would round it.
            .init("query_id", .string(activity.queryID.map { "\($0)" })),
        ]
        if let query { members.append(.init("query", .string(query))) }
        return .object(members)
    }
}

extension PoolerLink {
    package var json: JSONText {
        .object([
            .init("application", .string(clientApplication)), .init("address", .string(clientAddress)),
            .init("user", .string(clientUser)),
        ])
    }
}

extension SessionListing {
    /// - Parameters:
    ///   - rows: those of the listing that are meant.
    ///   - limit: sessions beyond it are only counted.
    package func json(of rows: [SessionRow], limit: Int) -> JSONText {
        .object([
            .init("sampled_at", .string(sampledAt.iso8601)),
            .init("sessions", .array(rows.prefix(limit).map(\.json))),
            .init("omitted", .integer(Int64(max(0, rows.count - limit)))),
            .init("hidden", .integer(Int64(hiddenCount))),
            .init("truncated", .bool(isTruncated)),
        ])
    }
}
