internal import CPostgres

/// The one owner of a `PGconn`: libpq's non-blocking calls in Swift's words, no more.
///
/// After `finish` every question has a harmless answer and every call fails.
// @unchecked: a session makes one call at a time and awaits its end. When it gives up a call that hangs in the system,
// it drops the handle, and the last reference finishes the connection on the thread where the call returned.
final class ConnectionHandle: @unchecked Sendable {
    /// What a connection being made needs next.
    enum Progress: Sendable {
        case wants(Poller.Readiness)
        case connected
        case failed
    }

    private var connection: OpaquePointer?
    private let noticeList = NoticeList()

    /// Begins to connect; may block in the system. Calls `PQconnectStartParams`.
    init(connectingTo target: ConnectionString) {
        let (keywords, values) = target.parameters
        connection = withCStrings(keywords) { keywords in
            withCStrings(values) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let connection else { return }
        // So that a refusal at start-up carries its SQLSTATE.
        PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
        noticeList.receiveNotices(of: connection)
    }

    deinit {
        finish()
    }

    /// Ends the session politely; never blocks. Calls `PQfinish`.
    func finish() {
        PQfinish(connection)
        connection = nil
    }

    /// Takes the next step of connecting; may block in the system. Calls `PQconnectPoll`.
    func advance() -> Progress {
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: .wants(.readable)
        case PGRES_POLLING_WRITING: .wants(.writable)
        case PGRES_POLLING_OK: .connected
        default: .failed
        }
    }

    /// Of the connection being made, wherever it came from: string, environment or service file. Calls `PQconninfo`.
    var connectTimeout: Duration? {
        guard let options = PQconninfo(connection) else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if String(cString: keyword) == "connect_timeout", let value = option.pointee.val {
                return Duration(connectTimeout: String(cString: value))
            }
            option += 1
        }
        return nil
    }

    /// Calls `PQsocket`; another one after each step of connecting.
    var socket: Int32 { PQsocket(connection) }

    /// Calls `PQstatus`.
    var isBad: Bool { PQstatus(connection) == CONNECTION_BAD }

    var isFinished: Bool { connection == nil }

    /// Calls `PQerrorMessage`.
    var errorMessage: String { String(cString: PQerrorMessage(connection)) }

    var backendPID: Int32 { PQbackendPID(connection) }
    var serverVersion: Int { Int(PQserverVersion(connection)) }
    var notices: [String] { noticeList.notices }

    /// Calls `PQparameterStatus`.
    func parameter(_ name: String) -> String? {
        PQparameterStatus(connection, name).map { String(cString: $0) }
    }

    /// Calls `PQsetnonblocking`.
    func setNonBlocking() -> Bool { PQsetnonblocking(connection, 1) == 0 }

    /// Calls `PQtransactionStatus`.
    var transactionStatus: TransactionStatus { TransactionStatus(PQtransactionStatus(connection)) }

    /// Nil when there is no connection, or no memory. Calls `PQgetCancel`.
    func makeCanceller() -> StatementCanceller? { PQgetCancel(connection).map(StatementCanceller.init(owning:)) }

    /// Extended protocol, unnamed statement. Calls `PQsendQueryParams`.
    func send(_ sql: String, parameters: [String?], format: ResultFormat) -> Bool {
        withCStrings(parameters) { values in
            PQsendQueryParams(connection, sql, Int32(parameters.count), nil, values, nil, nil, format.rawValue) == 1
        }
    }

    /// Extended protocol: keeps a statement without parameters under a name. Calls `PQsendPrepare`.
    func sendPrepare(_ sql: String, as name: String) -> Bool { PQsendPrepare(connection, name, sql, 0, nil) == 1 }

    /// Runs what `sendPrepare` has kept. Calls `PQsendQueryPrepared`.
    func sendPrepared(_ name: String, format: ResultFormat) -> Bool {
        PQsendQueryPrepared(connection, name, 0, nil, nil, nil, format.rawValue) == 1
    }

    /// Simple protocol, text results. Calls `PQsendQuery`.
    func sendSimple(_ sql: String) -> Bool { PQsendQuery(connection, sql) == 1 }

    /// Whether all is sent; nil when the connection is broken. Calls `PQflush`.
    func flush() -> Bool? {
        switch PQflush(connection) {
        case 0: true
        case 1: false
        default: nil
        }
    }

    /// Reads what has come; false when the connection is broken. Calls `PQconsumeInput`.
    func consumeInput() -> Bool { PQconsumeInput(connection) == 1 }

    /// Whether `nextResult` would block. Calls `PQisBusy`.
    var isBusy: Bool { PQisBusy(connection) == 1 }

    /// Nil when the answer is complete. Calls `PQgetResult`.
    func nextResult() -> QueryResult? { PQgetResult(connection).map(QueryResult.init(owning:)) }

    /// Answers the server's wish for data with an error. Calls `PQputCopyEnd`.
    func refuseCopy() -> Bool { PQputCopyEnd(connection, "COPY is not supported here") == 1 }

    /// Throws away what has come of the server's data; true at their end, nil when broken. Calls `PQgetCopyData`.
    func discardCopiedData() -> Bool? {
        while true {
            var row: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &row, 1)
            PQfreemem(row)
            if length > 0 { continue }
            return length == 0 ? false : length == -1 ? true : nil
        }
    }
}
