import Observations

/// A session that an action has not ended.
package struct RemainingSession: Sendable {
    package let request: ActionRequest
    /// What it waits for, where that is known: why it does not end.
    package let wait: String?

    package var row: SessionRow { request.row }

    static let statement = """
        SELECT pid, backend_start, query_start, state, wait_event_type, wait_event \
        FROM pg_catalog.pg_stat_get_activity(NULL) WHERE pid = ANY ($1::int4[])
        """

    static func parameter(_ requests: [ActionRequest]) -> String {
        "{" + requests.map { "\($0.row.pid)" }.joined(separator: ",") + "}"
    }

    /// Those of the requests whose session (or, for cancel, whose statement) is still there.
    static func among(_ requests: [ActionRequest], _ table: any ResultTable) -> [RemainingSession] {
        let pid = table.column("pid")
        let backendStart = table.column("backend_start")
        let queryStart = table.column("query_start")
        let state = table.column("state")
        let waitType = table.column("wait_event_type")
        let wait = table.column("wait_event")
        var position: [Int64: Int] = [:]
        for row in 0..<table.rowCount { pid.integer(row).map { position[$0] = row } }
        return requests.compactMap { request in
            guard let row = position[Int64(request.row.pid)],
                backendStart.time(row) == request.row.activity.backendStart
            else { return nil }
            if request.action == .cancel {
                let isRunning = state.text(row).map { BackendState($0).isRunning } ?? false
                guard isRunning, queryStart.time(row) == request.row.activity.queryStart else { return nil }
            }
            let words = [waitType.text(row), wait.text(row)].compactMap(\.self)
            return RemainingSession(request: request, wait: words.isEmpty ? nil : words.joined(separator: ":"))
        }
    }
}
